"""The figures' titles and units in Chinese; what is not here stands in English on both pages."""

from typing import Final

TITLES_ZH: Final = {
    "F1": "每张 1080p 照片的 CPU 时间（从字节到检测框），与同一次运行中不加设置的 ultralytics predict 之比",
    "F1-ap50": "在测试图片上，不加设置的 predict 的平均 AP50 高出的百分点（负数表示我们更高）",
    "F1-pixels": "同 F1，但双方使用相同像素",
    "F1-http": "每张照片从 HTTP 到落盘工单及脱敏图片的 CPU 时间",
    "F4": "处理 50 张 1080p 照片后服务的内存",
    "F4-torch": "服务内存中的外来库（torch 等）",
    "F5": "从启动到第一张照片得到 201",
    "F5-ready": "从启动到 /readyz 返回 200",
    "F5-fresh": "在空目录上启动到 /readyz 返回 200（含建库）",
    "F6": "服务安装占用的磁盘",
    "F6-time": "安装用时（全部重新下载）",
    "P1": "任意时刻 kill -9 后，已确认的照片不丢失，重试不产生重复",
    "P2": "断电后，已确认的照片不丢失",
    "P2-control": "去掉一次 fsync 后，断电测试会失败",
    "P3": "任何文件调用失败时都不会未落盘先确认，同一照片可重发",
    "P4": "重试不产生第二张照片或第二个工单；失败的上传可重发",
    "P5": "每次故障之后，数据库记录与文件一致",
    "K7": "磁盘写满：新照片得到 507，读取与审核照常",
    "K7-back": "腾出空间后再次接收照片的用时",
    "K8": "恶意文件只换来一个 4xx",
    "K8-time": "其中最慢的一个",
    "K8-memory": "期间服务占用的最大内存",
    "S1": "每条路由只应答其权限格内的角色",
    "S3": "日志、应答、指标、进程列表与明文文件中没有秘密",
    "S5": "存入的文件只以图片类型提供，带 nosniff 与严格策略",
    "S6": "停用的人员与密钥即时失效，口令为 Argon2id，猜测口令得到 429",
    "S6-out": "停用后多久失效",
    "S7": "被篡改的权重在启动时被拒绝；不打开 pickle，不加载 torch",
}
UNITS_ZH: Final = {
    "broken cases": "处违反",
    "s": "秒",
    "points": "个百分点",
    "libraries": "个",
    "of ultralytics": "倍",
    "CPU-ms": "CPU 毫秒",
    "of 3 missing fsyncs noticed": "处缺失被发现（共 3 处）",
}
