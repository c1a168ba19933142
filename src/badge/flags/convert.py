"""Makes flags.tsv from the SVG files of the npm package country-flag-icons; README.md tells how to call it."""
import re
import sys

from picosvg.svg import SVG
from picosvg.svg_transform import Affine2D

WIDTH, HEIGHT = 480, 320
NAMED = {"green": "008000", "gold": "ffd700", "red": "ff0000", "black": "000000", "white": "ffffff"}


def color(fill):
    fill = NAMED.get(fill.lower(), fill.lower().lstrip("#"))
    if not re.fullmatch("[0-9a-f]{3}|[0-9a-f]{6}", fill):
        sys.exit(f"{fill} is no color")
    return fill if len(fill) == 6 else "".join(digit * 2 for digit in fill)


def outline(path):
    parts = []
    for command, numbers in path.as_cmd_seq():
        if command not in "MLQCZ":
            sys.exit(f"{command} is no command that the service reads")
        parts.append(command + " ".join(str(round(number)) for number in numbers))
    return "".join(parts)


def flag(svg):
    box = svg.view_box()
    fit = Affine2D(WIDTH / box.w, 0, 0, HEIGHT / box.h, -box.x * WIDTH / box.w, -box.y * HEIGHT / box.h)
    for shape in svg.shapes():
        if shape.opacity != 1:
            sys.exit("a piece lets light through")
        yield f"{color(shape.fill or 'black')} {outline(shape.as_path().apply_transform(fit))}"


icons, countries = sys.argv[1:]
for line in open(countries):
    code = line.split("\t")[0]
    svg = SVG.parse(f"{icons}/{code}.svg").topicosvg(ndigits=0, allow_text=False, drop_unsupported=True)
    print(code, *flag(svg), sep="\t")
