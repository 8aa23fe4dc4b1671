"""Meta's locale ids by language. A table and nothing else.

Keys of `/search?type=adlocale` (Targeting Search), the same in two public copies of its answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: "English (All)" and so on where Meta has such; else every locale that it has of the language.
_TABLE = """
    en=1001 es=1002 fr=1003 zh=1004 pt=1005 nl=14,83 ja=11,70 no=13,84 nb=13 nn=84
    af=36 ar=28 az=53 be=54 bg=37 bn=45 bs=55 ca=1 cs=2 cy=3 da=4 de=5 el=39 et=58 eu=59 fa=60 fi=8 ga=64 gl=65
    gu=67 he=29 hi=46 hr=38 hu=30 hy=68 id=25 is=69 it=10 ka=72 kk=73 km=74 kn=75 ko=12 lt=40 lv=78 mk=79 ml=50
    mn=80 mr=81 ms=41 ne=82 pa=47 pl=15 ps=85 ro=32 ru=17 si=86 sk=33 sl=34 sq=87 sr=42 sv=18 sw=88 ta=48 te=49
    tg=89 th=35 tl=26 tr=19 uk=52 ur=90 uz=91 vi=27
"""

#: ISO 639-1 to Meta's ids, which together are the whole language.
LOCALES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {code: tuple(map(int, keys.split(","))) for code, _, keys in (entry.partition("=") for entry in _TABLE.split())}
)
