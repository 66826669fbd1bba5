"""
An independent reader of ESC/POS bytes, Python's standard library only: python3 read-slip.py SLIP FOLDER.
Text is decoded by Python's own gb18030 codec. Prints JSON: lines, qr (data of native codes), cuts, pictures (files of
raster blocks in FOLDER), inline (pictures of single characters: width, height and how many dots are black).
"""
import json
import os
import sys

data = open(sys.argv[1], "rb").read()
folder = sys.argv[2]
lines, codes, pictures, inline = [], [], [], []
cuts, at, line, stored = 0, 0, bytearray(), b""
in_line = 0


def end_line():
    global line, in_line
    lines.append(line.decode("gb18030"))
    line, in_line = bytearray(), 0


def pgm(name, rows, width):
    path = os.path.join(folder, name)
    with open(path, "wb") as out:
        out.write(b"P5 %d %d 255\n" % (width, len(rows)))
        for row in rows:
            out.write(bytes(0 if dot else 255 for dot in row))
    return path


while at < len(data):
    byte, rest = data[at], data[at:]
    if rest[:2] == b"\x1b\x40":
        at += 2
    elif rest[:2] in (b"\x1c\x26", b"\x1c\x2e"):
        at += 2
    elif rest[:2] in (b"\x1b\x21", b"\x1c\x21", b"\x1b\x61", b"\x1b\x64", b"\x1b\x4a", b"\x1b\x45", b"\x1b\x33", b"\x1b\x4d"):
        at += 3
    elif rest[:3] == b"\x1d\x76\x30":
        wide, high = rest[4] + rest[5] * 256, rest[6] + rest[7] * 256
        body = rest[8 : 8 + wide * high]
        rows = [
            [(body[y * wide + (x >> 3)] >> (7 - (x & 7))) & 1 for x in range(wide * 8)] for y in range(high)
        ]
        pictures.append(pgm("raster-%d.pgm" % len(pictures), rows, wide * 8))
        at += 8 + wide * high
    elif rest[:3] == b"\x1b\x2a\x21":
        wide = rest[3] + rest[4] * 256
        body = rest[5 : 5 + wide * 3]
        rows = [[(body[x * 3 + (y >> 3)] >> (7 - (y & 7))) & 1 for x in range(wide)] for y in range(24)]
        inline.append({"width": wide, "height": 24, "black": sum(map(sum, rows)), "file": pgm("char-%d.pgm" % len(inline), rows, wide)})
        # Its place in the text, so that the line can be compared.
        line += "\ufffc".encode("gb18030")
        at += 5 + wide * 3
    elif rest[:3] == b"\x1d\x28\x6b":
        size = rest[3] + rest[4] * 256
        body = rest[5 : 5 + size]
        if body[:3] == b"\x31\x50\x30":
            stored = body[3:]
        if body[:2] == b"\x31\x51":
            codes.append(stored.decode("utf8"))
        at += 5 + size
    elif rest[:2] == b"\x1d\x56":
        cuts += 1
        at += 4 if rest[2] in (65, 66) else 3
    elif rest[:2] == b"\x1d\x72":
        at += 3
    elif byte == 0x0A:
        end_line()
        at += 1
    elif byte < 0x20:
        raise SystemExit("unknown command %s at %d" % (rest[:4].hex(), at))
    else:
        line.append(byte)
        # The second byte of a Chinese character may look like anything.
        at += 1
        if byte >= 0x81:
            line.append(data[at])
            at += 1
print(json.dumps({"lines": lines, "qr": codes, "cuts": cuts, "pictures": pictures, "inline": inline}))
