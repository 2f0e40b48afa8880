"""What people read in place of a setting's values: English, Chinese."""

SCALES = {
    "toledo_8217": ("Mettler Toledo 8217", "梅特勒托利多 8217"),
    "cas_ap": ("CAS AP-1, Ohaus, Gram", "凯士 CAS AP-1 及多数条码秤、计价秤"),
    "st_gs": ("Text: ST,GS (ACLAS, Dahua)", "文本 ST,GS（顶尖、大华等）"),
    "cas_22": ("CAS, 22 bytes", "凯士 CAS 22 字节"),
    "yaohua": ("Yaohua XK3190", "耀华 XK3190"),
    "sma": ("SMA", "SMA"),
    "mt_sics": ("MT-SICS", "MT-SICS"),
}
LINES = {"": ("As the protocol has it", "按协议")}
SHOWN = {"": ("As the scale says", "按秤所报")}
LANGUAGES = {
    "": ("The shop's", "与本店相同"), "zh-CN": ("Chinese", "中文"), "en": ("English", "英文"),
    "zh-CN+en": ("Both", "中英文"),
}  # fmt: skip
VIAS = {
    "network": ("Network", "网口"), "serial": ("Serial port", "串口"),
    "file": ("Device node", "设备文件"),
}  # fmt: skip
ENCODINGS = {
    "gb18030": ("Chinese, GB18030", "中文 GB18030"), "gbk": ("Chinese, GBK", "中文 GBK"),
    "big5": ("Chinese, Big5", "中文 Big5"), "utf-8": ("UTF-8", "UTF-8"),
    "raster": ("Drawn", "按图打印"),
}  # fmt: skip
CODES = {
    "printer": ("By the printer", "由打印机画"), "raster": ("Drawn", "按图打印"),
    "none": ("None", "不打印"),
}  # fmt: skip
CUTS = {"full": ("Full", "全切"), "partial": ("Partial", "半切"), "none": ("None", "不切")}
DRAWERS = {"none": ("None", "没有"), "pin2": ("Pin 2", "引脚 2"), "pin5": ("Pin 5", "引脚 5")}
SENSORS = {
    "none": ("None", "没有"), "high": ("Open is high", "高电平为打开"),
    "low": ("Open is low", "低电平为打开"),
}  # fmt: skip
ANSWERS = {"auto": ("Asked", "询问"), "no": ("Not asked", "不询问")}
RECEIPTS = {"always": ("Each sale", "每单打印"), "no": ("When asked for", "需要时打印")}
DISPLAYS = {
    "esc_pos": ("ESC/POS", "ESC/POS"), "cd5220": ("CD5220", "CD5220"),
    "led8": ("Eight digits", "八位数码客显"),
}  # fmt: skip
SIGNS = {
    "ascii": ("No Chinese", "无中文"), "gb18030": ("Chinese, GB18030", "中文 GB18030"),
    "gbk": ("Chinese, GBK", "中文 GBK"), "big5": ("Chinese, Big5", "中文 Big5"),
}  # fmt: skip
