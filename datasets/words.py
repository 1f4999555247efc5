"""What people read in reports, sheets and plots, in the two languages that every page speaks."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from detector.catalog import Name, load_catalog

FAULTS: Final[Mapping[str, tuple[Name, Name]]] = {
    "licence.missing": (
        Name("No licence", "没有许可"),
        Name("Ask the source, or leave the picture out.", "询问来源，或不用这张图片。"),
    ),
    "licence.forbidden": (
        Name("The licence forbids this use", "许可不允许这样使用"),
        Name("Leave the picture out.", "不要使用这张图片。"),
    ),
    "label.tiny": (
        Name("Tiny box", "框太小"),
        Name("A side is under 0.4 % of the picture: a slip of the hand?", "边长不到图片的 0.4%，是误点吗？"),
    ),
    "label.outside": (
        Name("Box outside the picture", "框超出图片"),
        Name("Draw it again, up to the edge and no further.", "重新画，到图片边缘为止。"),
    ),
    "label.not_labelled_kind": (
        Name("Box of a kind that the picture is not labelled for", "框的种类不在已标注种类中"),
        Name(
            "Either every instance of the kind is boxed here and `labelled` should name it, or the box goes.",
            "如果该种类在图中已全部标出，请写入 labelled；否则删除这个框。",
        ),
    ),
    "label.twice": (
        Name("The same thing boxed twice", "同一物体标了两次"),
        Name("Keep one of the two.", "只保留一个。"),
    ),
    "labels.refused": (
        Name("A row of our own labels that may not be", "自有标注中有不允许的行"),
        Name(
            "It speaks of the frozen test, of an unknown kind, or says absent where there is a box.",
            "它涉及冻结的测试图片或未知种类，或在有框之处写了没有。",
        ),
    ),
    "picture.missing": (
        Name("Picture missing", "图片缺失"),
        Name("Fetch it again.", "请重新下载。"),
    ),
    "picture.other_bytes": (
        Name("Picture with other bytes than promised", "图片内容与清单不符"),
        Name("Fetch it again.", "请重新下载。"),
    ),
    "picture.broken": (
        Name("Broken picture", "图片损坏"),
        Name("Fetch it again, or leave it out.", "请重新下载，或不用。"),
    ),
    "picture.other_size": (
        Name("Picture of another size than the list says", "图片尺寸与清单不符"),
        Name("The boxes may be shifted: look.", "框可能错位，请查看。"),
    ),
    "picture.twice": (
        Name("The same file twice", "同一文件出现两次"),
        Name("Keep one of the two.", "只保留一个。"),
    ),
    "picture.unlabelled": (
        Name("Picture labelled for no kind", "没有标注任何种类的图片"),
        Name("It is never a negative and teaches nothing.", "它不能作为负样本，也教不了什么。"),
    ),
    "split.group_leaks": (
        Name("One place and day on two sides", "同一地点和日期出现在两边"),
        Name("Move the whole group to one side.", "把整组移到同一边。"),
    ),
    "split.near_duplicate": (
        Name("Look-alikes on two sides", "相似图片出现在两边"),
        Name("Take the one in training out.", "把训练集中的那张拿掉。"),
    ),
    "kind.labelled_nowhere": (
        Name("Kind that no picture is labelled for", "没有任何图片标注的种类"),
        Name("A model cannot learn it from this set.", "模型无法从本数据集学到它。"),
    ),
    "kind.no_boxes": (
        Name("Kind without a single box on a side", "某一边没有该种类的框"),
        Name("Good as negatives, but nothing to find.", "可作负样本，但没有可找的目标。"),
    ),
    "kind.no_negatives": (
        Name("Kind without negatives on a side", "某一边没有该种类的负样本"),
        Name("False alarms cannot be counted there.", "那里无法统计误报。"),
    ),
}
"""What is wrong and what to do about it, by the code of a fault."""

FACTS: Final[Mapping[str, Name]] = {
    "also": Name("also in", "也在"),
    "bits": Name("bits apart", "相差位数"),
    "box": Name("box", "框"),
    "found": Name("found", "实际"),
    "group": Name("group", "组"),
    "labelled": Name("pictures labelled", "已标注图片"),
    "licence": Name("licence", "许可"),
    "role": Name("side", "所在"),
    "said": Name("listed", "清单"),
    "why": Name("because", "原因"),
}
"""What the facts of a fault are called."""

PLOTS: Final[Mapping[str, Name]] = {
    "boxes": Name("Boxes by kind and role", "各种类框数（按用途）"),
    "negatives": Name("Pictures labelled for a kind", "各种类已标注图片"),
    "sizes": Name("Box size: root of area, part of the picture", "框大小：面积平方根占图片的比例"),
    "aspects": Name("Box width to height, in pixels", "框的宽高比（像素）"),
    "places": Name("Where boxes lie in the picture", "框在图片中的位置"),
    "sources": Name("Pictures by source and role", "各来源图片数（按用途）"),
    "count": Name("boxes", "框数"),
    "pictures": Name("pictures", "图片数"),
    "share": Name("part of the boxes", "框的比例"),
    "with": Name("with boxes", "有框"),
    "without": Name("surely without", "确定没有"),
    "unknown": Name("unknown", "未知"),
}
"""Titles and axes of plots."""

ROLES: Final[Mapping[str, Name]] = {
    "train": Name("train", "训练"),
    "val": Name("val", "验证"),
    "test": Name("test", "测试"),
    "train_near_test": Name("near test", "近似测试"),
}
"""What the sides of a set are called."""

SERIOUS: Final = Name("serious", "严重")
REMARK: Final = Name("remark", "提示")


@cache
def kind_name(kind: str) -> Name:
    """What people call a kind; its id where the catalogue does not know it.

    >>> kind_name("litter").zh, kind_name("unicorn").en
    ('散落垃圾', 'unicorn')
    """
    names = {row.id: row.name for row in load_catalog().kinds}
    return names.get(kind, Name(kind, kind))
