"""Text as it is matched, with the way back to the text as it was written.

Matching wants one spelling of everything (lower case, half width, simplified, no control characters);
notes want offsets into the creator's own prompt. ``Folded`` keeps both.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_TRADITIONAL = (
    "貓貍馬魚鳥雞鴨鵝龍龜獅豬駱駝貝蝦蟲蠶蜂鷹鴿鯨鯊車輛飛機艦船艙樹葉蘋蘿葡麵飯湯餅糖鍋碗盤書筆電腦話視鐘錶燈"
    "門窗樓橋塔廟國紅藍綠黃銀隻個條頭雙對幾們這裡邊後時間說喊問從東風雲霧陽亮體運動歡樂傷靜緊張戰鬥輪騎開關"
    "經過還會長張圍繞轉彈滾遊戲場園鄉灘島漢滿臉爺媽媽爸孫兒學師醫護員術畫聲聽見覺看漁獵農夫們廚衛氣溫涼熱淚"
    "淺淡銹髒舊寬厚薄遠進出來軟鬆緊雙隊輕響鼓號鑼鏡頭攝影環視拉遠縮剪紙鉛筆彩霓賽龐龍鳳凰惡魔鬼殭屍寶劍槍彈藥"
)
_SIMPLIFIED = (
    "猫狸马鱼鸟鸡鸭鹅龙龟狮猪骆驼贝虾虫蚕蜂鹰鸽鲸鲨车辆飞机舰船舱树叶苹萝葡面饭汤饼糖锅碗盘书笔电脑话视钟表灯"
    "门窗楼桥塔庙国红蓝绿黄银只个条头双对几们这里边后时间说喊问从东风云雾阳亮体运动欢乐伤静紧张战斗轮骑开关"
    "经过还会长张围绕转弹滚游戏场园乡滩岛汉满脸爷妈妈爸孙儿学师医护员术画声听见觉看渔猎农夫们厨卫气温凉热泪"
    "浅淡锈脏旧宽厚薄远进出来软松紧双队轻响鼓号锣镜头摄影环视拉远缩剪纸铅笔彩霓赛庞龙凤凰恶魔鬼僵尸宝剑枪弹药"
)
_FOLD = dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True)) | {
    "‘": "'",
    "’": "'",
    "‛": "'",
    "`": "'",
    "´": "'",
    "‚": ",",
    "、": ",",
    "，": ",",
    "–": "-",
    "—": "-",
    "‑": "-",
    "…": ".",
    "“": "“",
    "„": "“",
    "貳": "二",
    "裏": "里",
    "嚇": "吓",
    "爾": "尔",
    "鹹": "咸",
    "麼": "么",
    "與": "与",
    "為": "为",
    "著": "着",
    "並": "并",
    "兩": "两",
    "萬": "万",
    "衝": "冲",
    "跡": "迹",
    "鬧": "闹",
    "廣": "广",
    "衆": "众",
    "眾": "众",
    "躍": "跃",
    "飄": "飘",
    "夢": "梦",
    "瀑": "瀑",
    "颱": "台",
}


def _fold(character: str) -> str:
    """One character in the spelling that words are matched in; may be none or several."""
    category = unicodedata.category(character)
    if category in {"Cf", "Mn", "Me"}:
        return ""
    if category.startswith(("C", "Z")):
        return "\n" if character in "\n\r\u2028\u2029\x85" else " "
    if character in _FOLD:
        return _FOLD[character]
    wide = unicodedata.normalize("NFKD", character)
    plain = "".join(part for part in wide if unicodedata.category(part) not in {"Mn", "Me", "Cf"})
    return "".join(_FOLD.get(part, part) for part in plain.lower() if not part.isspace()) or " "


@dataclass(frozen=True, slots=True)
class Folded:
    """``text`` for matching; ``origin[i]`` is the prompt's offset of the character ``text[i]``."""

    prompt: str
    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into the prompt of ``text[start:end]``, marks that belong to its last letter included."""
        first = self.origin[start]
        last = self.origin[end - 1] + 1
        while last < len(self.prompt) and unicodedata.category(self.prompt[last]) in {"Mn", "Me"}:
            last += 1
        return first, last


def fold(prompt: str) -> Folded:
    """Fold a prompt; never fails, whatever the text holds."""
    letters: list[str] = []
    origin: list[int] = []
    for position, character in enumerate(prompt):
        for letter in _fold(character):
            letters.append(letter)
            origin.append(position)
    return Folded(prompt, "".join(letters), tuple(origin))


_HAN = r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
HAN = re.compile(f"[{_HAN}]")
TOKEN = re.compile(
    rf"(?P<handle>@[a-z0-9_][a-z0-9_-]*)|(?P<word>[^\W\d_{_HAN}]+(?:'[^\W\d_{_HAN}]+)*)|(?P<digits>\d+)|(?P<han>[{_HAN}]+)"
    r"|(?P<stop>[.!?。！？;；\n]+)|(?P<comma>[,:()\[\]]+)|(?P<sign>[&/])|(?P<other>\S)"
)

_PAIRS = {"“": "”", "「": "」", "『": "』", "«": "»", '"': '"', "'": "'"}
_QUOTED = re.compile(
    r"“(?P<a>[^”“]{1,400})”|「(?P<b>[^」]{1,400})」|『(?P<c>[^』]{1,400})』|«(?P<d>[^»]{1,400})»"
    r'|"(?P<e>[^"]{1,400})"|(?<![^\s:,(])\'(?P<f>(?:[^\']|(?<=\w)\'(?=\w)){1,400})\'(?![a-z0-9])'
)
_SAID = re.compile(
    r"(?:\b(?:says?|said|saying|shouts?|shouted|shouting|yells?|yelled|yelling|whispers?|whispered|whispering|asks?|asked|"
    r"asking|replies|replied|answers?|answered|exclaims?|narrator)|说道|说|喊道|喊|问道|问|叫道|回答|旁白)\s*[:：]\s*"
    r"(?P<g>[^\n\"“”「」『』]{1,300}?)(?=[.!?。！？]|\n|$)"
)


@dataclass(frozen=True, slots=True)
class Quote:
    """Spoken words in the folded text: the span with its marks, and the words' own span."""

    start: int
    end: int
    inner_start: int
    inner_end: int


def quotes(text: str) -> list[Quote]:
    """Every quotation of a folded text, and what follows "says:" without any marks, in order."""
    found = [_quote(match) for match in _QUOTED.finditer(text)]
    for match in _SAID.finditer(text):
        quote = Quote(match.start("g"), match.end("g"), match.start("g"), match.end("g"))
        if all(quote.end <= other.start or other.end <= quote.start for other in found):
            found.append(quote)
    kept = [quote for quote in found if text[quote.inner_start : quote.inner_end].strip()]
    return sorted(kept, key=lambda quote: quote.start)


def _quote(match: re.Match[str]) -> Quote:
    group = match.lastgroup or "a"
    return Quote(match.start(), match.end(), match.start(group), match.end(group))
