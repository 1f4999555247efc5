"""Which shops there are: the words on their signs and what each trade puts out."""

from datasets.synth.goods import (
    Maker,
    appliances,
    cartons,
    crate_stack,
    crates_of_wood,
    drinks,
    flowers,
    fruit_crate,
    gas_bottles,
    household,
    sacks,
    tyres,
)
from datasets.synth.racks import clothes_rail, dressed_figures, sale_table, shelves, shoe_rack
from datasets.synth.stalls import (
    big_pots,
    eating_table,
    flat_bins,
    freezer,
    fruit_steps,
    parasol,
    party_tent,
    standing_board,
    steamer_cart,
    stool_stack,
    three_wheeler,
)

# what a shop puts out, by its trade: (words on its sign, things that it sells outside)
TRADES: dict[str, tuple[tuple[str, ...], tuple[Maker, ...]]] = {
    "greengrocer": (
        ("蔬菜水果", "鲜果时光", "果真鲜"),
        (fruit_steps, flat_bins, crate_stack, fruit_crate, sacks, cartons, three_wheeler, parasol),
    ),
    "grocer": (
        ("便民超市", "烟酒茶行", "平价超市"),
        (cartons, drinks, freezer, shelves, sacks, standing_board, household),
    ),
    "clothes": (
        ("童装", "时尚女装", "外贸服饰"),
        (clothes_rail, clothes_rail, dressed_figures, shoe_rack, sale_table, standing_board),
    ),
    "eatery": (
        ("重庆小面", "兰州拉面", "早点快餐"),
        (eating_table, eating_table, stool_stack, steamer_cart, gas_bottles, standing_board, parasol, drinks),
    ),
    "hardware": (
        ("五金建材", "水暖电料", "日用百货"),
        (household, shelves, cartons, appliances, crates_of_wood, gas_bottles, sale_table),
    ),
    "florist": (("鲜花店", "花卉绿植"), (flowers, flowers, big_pots, standing_board, crates_of_wood)),
    "repairs": (("电动车修理", "汽车补胎"), (tyres, tyres, cartons, standing_board, household)),
    "stall": (("土特产", "两元店"), (sale_table, party_tent, three_wheeler, steamer_cart, parasol, shelves, cartons)),
}
