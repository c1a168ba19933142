"""Cuts the fonts of this folder from their originals: `python3 make-cuts.py FOLDER`. Needs fonttools 4.

FOLDER has DejaVuSans.ttf, DroidSansFallback.ttf, NotoEmoji_400Regular.ttf and NotoSans*_400Regular.ttf.
"""
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FROM = Path(sys.argv[1])
KEPT_NAMES = "0,1,2,3,4,5,6,13,14"
DEJAVU = (
    "U+0020-007E,U+00A0-0513,U+0531-058F,U+0591-05F4,U+0606-06FF,U+0750-077F,U+08A0-08FF,U+10A0-10FF,U+1E00-1EFF,"
    "U+1F00-1FFF,U+2000-206F,U+2070-209F,U+20A0-20CF,U+2100-218F,U+2190-22FF,U+2500-25FF,U+2600-26FF,U+2700-27BF,"
    "U+2D00-2D2F,U+FB13-FB4F,U+FB50-FDFF,U+FE70-FEFF,U+FFFD"
)
DEJAVU_FEATURES = "ccmp,locl,mark,mkmk,kern,init,medi,fina,isol,rlig,calt,liga"
EMOJI = "U+00A9,U+00AE,U+200D,U+203C-3299,U+FE0F,U+1F000-1F1E5,U+1F201-1FAFF"
NOTO = "U+0020,U+00A0,U+0900-1FFF,U+200C-200D,U+25CC,U+A8E0-A8FF,U+AA60-AA7F"


def cut(source, target, unicodes, features, drop, *more):
    arguments = [f"--unicodes={unicodes}", f"--layout-features={features}", f"--drop-tables+={drop}"]
    kept = ["--no-hinting", "--notdef-outline", f"--name-IDs={KEPT_NAMES}", f"--output-file={HERE / target}"]
    subprocess.run(["pyftsubset", str(FROM / source), *arguments, *kept, *more], check=True)


def chinese_japanese_korean():
    characters = set(range(0x3000, 0x3100)) | set(range(0xFF01, 0xFFE7))
    for codec, first in (("gb2312", 0x3000), ("shift_jis", 0x3000), ("euc_kr", 0xAC00)):
        for code in [*range(0x3000, 0xA000), *range(0xAC00, 0xD7A4)]:
            if code >= first and encoded(code, codec):
                characters.add(code)
    # Of Big5 the first level, which is what people write.
    characters |= {code for code in range(0x4E00, 0xA000) if 0xA440 <= encoded(code, "big5") <= 0xC67E}
    return ",".join(f"{code:04X}" for code in sorted(characters))


def encoded(code, codec):
    try:
        return int.from_bytes(chr(code).encode(codec), "big")
    except UnicodeEncodeError:
        return 0


cut("DejaVuSans.ttf", "DejaVuSans.ttf", DEJAVU, DEJAVU_FEATURES, "FFTM,MATH,gasp,DSIG", "--legacy-kern")
cut("NotoEmoji_400Regular.ttf", "NotoEmoji.ttf", EMOJI, "", "gasp,vhea,vmtx,STAT,DSIG")
cut("DroidSansFallback.ttf", "DroidSansFallback.ttf", chinese_japanese_korean(), "", "GSUB,GPOS,GDEF,vhea,vmtx,gasp")
for original in sorted(FROM.glob("NotoSans*_400Regular.ttf")):
    cut(original.name, original.name.split("_")[0] + ".ttf", NOTO, "*", "gasp,vhea,vmtx,STAT,DSIG")
