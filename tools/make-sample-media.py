#!/usr/bin/env python3
"""Draws the pictures and the chime of the sample mirror: seeded, so that two runs give the same files.

    python3 -m venv .venv && .venv/bin/pip install pillow numpy
    .venv/bin/python tools/make-sample-media.py            # all
    .venv/bin/python tools/make-sample-media.py ferry chime  # some, by name

Every scene is painted as floats from back to front: gradients, fractal noise for cloud and water, soft masks for
shapes, a little grain last. `save_jpeg` then finds the quality that fits the byte budget.
"""

import io
import sys
import wave
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT / "static" / "pictures"
CONTENT = ROOT / "content"

SUPERSAMPLE = 3  # masks are drawn this much larger, then shrunk: smooth edges without a vector library
ORIENTATION_TAG = 0x0112


# ------------------------------------------------------------------------------------------------ paint box

def rgb(text):
    """`"#aabbcc"` as three floats."""
    return np.array([int(text[i:i + 2], 16) for i in (1, 3, 5)], float) / 255


def grid(width, height):
    """Coordinates of every pixel's centre, 0..1 across and down."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    return (x + 0.5) / width, (y + 0.5) / height


def smooth(low, high, value):
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def gradient(position, stops):
    """A colour for each position; `stops` are (position, colour) in order."""
    places = [place for place, _ in stops]
    colours = np.array([rgb(colour) for _, colour in stops])
    return np.stack([np.interp(position, places, colours[:, c]) for c in range(3)], axis=-1)


def noise(rng, width, height, cells_x, cells_y, octaves=5, gain=0.55):
    """Fractal value noise, 0..1, with cells of any aspect (flat ones make cloud bands and water)."""
    total, weight, sum_of_weights = np.zeros((height, width)), 1.0, 0.0
    for octave in range(octaves):
        nx, ny = max(2, int(cells_x * 2**octave)), max(2, int(cells_y * 2**octave))
        field = Image.fromarray(rng.random((ny, nx)).astype(np.float32))
        total += weight * np.asarray(field.resize((width, height), Image.BICUBIC))
        sum_of_weights += weight
        weight *= gain
    return np.clip(total / sum_of_weights, 0, 1)


def mask(width, height, draw, blur=0.0):
    """What `draw(pen, scale)` paints in white, as soft-edged coverage. Coordinates in `draw` are pixels × scale."""
    sheet = Image.new("L", (width * SUPERSAMPLE, height * SUPERSAMPLE))
    draw(ImageDraw.Draw(sheet), SUPERSAMPLE)
    sheet = sheet.resize((width, height), Image.BOX)
    if blur:
        sheet = sheet.filter(ImageFilter.GaussianBlur(blur))
    return np.asarray(sheet, float) / 255


def polygon(width, height, points, blur=0.0):
    """Coverage of one polygon whose points are given 0..1."""
    return mask(width, height,
                lambda pen, s: pen.polygon([(x * width * s, y * height * s) for x, y in points], fill=255), blur)


def over(picture, colour, coverage):
    """`colour` (one, or a picture) laid over `picture` where `coverage` says."""
    colour = np.asarray(colour, float)
    return picture + (colour - picture) * coverage[..., None]


def glow(picture, colour, amount):
    """Light added as a screen does: it never burns out hard."""
    return 1 - (1 - picture) * (1 - np.asarray(colour) * amount[..., None])


def blurred(field, radius):
    layer = Image.fromarray((np.clip(field, 0, 1) * 255).astype(np.uint8))
    return np.asarray(layer.filter(ImageFilter.GaussianBlur(radius)), float) / 255


def finish(rng, picture, grain=0.012, vignette=0.25):
    """Grain and a darker rim, then bytes."""
    height, width = picture.shape[:2]
    x, y = grid(width, height)
    rim = smooth(0.35, 0.95, np.hypot((x - 0.5) * 1.05, y - 0.5) * 1.25)
    picture = picture * (1 - vignette * rim)[..., None]
    speckle = rng.normal(0, 1, (height, width))
    speckle = 0.6 * speckle + 0.4 * np.roll(speckle, 1, 1)
    picture = picture + grain * speckle[..., None]
    return Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8), "RGB")


def save_jpeg(image, path, budget, exif=None):
    """Writes the best quality that stays under `budget` bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for quality in range(90, 34, -2):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True, progressive=True, **({"exif": exif} if exif else {}))
        if out.tell() <= budget:
            break
    path.write_bytes(out.getvalue())
    tell(path, f"{image.width}×{image.height}, quality {quality}")


def save_png(image, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, "PNG", optimize=True)
    tell(path, f"{image.width}×{image.height}, {image.mode}")


def tell(path, what):
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1024:.0f} KB, {what}")


def ridge(rng, width, base, height, roughness, detail=7):
    """A skyline: one y (0..1) for each column, by sums of sines with random phases."""
    x = np.arange(width) / width
    line = np.full(width, base)
    for octave in range(detail):
        frequency = roughness * 1.9**octave
        line = line + height * 0.56**octave * np.sin(2 * np.pi * (frequency * x + rng.random()))
    return line


def below(line, y, softness=0.0015):
    """Coverage of all that lies under a skyline."""
    return smooth(-softness, softness, y - line[None, :])


def conifers(rng, line, width, height, every, tallest):
    """Small firs standing on a skyline."""
    def draw(pen, s):
        at = 0.0
        while at < width:
            column = min(int(at), width - 1)
            tall = tallest * (0.45 + 0.55 * rng.random()) * height
            foot, half = (line[column] + 0.012) * height, tall * 0.17
            for tier in range(4):
                top = foot - tall * (1 - tier * 0.2)
                spread = half * (0.45 + 0.22 * tier)
                pen.polygon([(at * s, top * s), ((at + spread) * s, (top + tall * 0.42) * s),
                             ((at - spread) * s, (top + tall * 0.42) * s)], fill=255)
            at += every * width * (0.4 + 1.2 * rng.random())
    return mask(width, height, draw)


# ------------------------------------------------------------------------------------------------ scenes

def ferry(rng):
    """The evening ferry, a silhouette with lit windows, on a sea that keeps the last of the sun."""
    width, height, horizon, sun = 1600, 1000, 0.60, 0.70
    x, y = grid(width, height)
    sky = [(0, "#1f2a4d"), (0.25, "#4a4472"), (0.52, "#a3617c"), (0.78, "#e58b6a"), (0.93, "#f6bd77"), (1, "#fbdc9b")]
    picture = gradient(y / horizon, sky)
    halo = np.hypot((x - sun) * 1.6, (y - horizon + 0.03) * 1.25)
    picture = glow(picture, rgb("#ffcf88"), 0.75 * np.exp(-(halo / 0.13)**1.3))
    clouds = noise(rng, width, height, 4, 16, 6)
    bank = smooth(0.52, 0.68, clouds) * smooth(0, 0.25, y) * smooth(horizon, 0.30, y)
    picture = over(picture, gradient(y / horizon, [(0, "#2c3157"), (0.5, "#7a4a6c"), (1, "#e08063")]), 0.75 * bank)
    rim = bank * smooth(0.03, 0.0, clouds - np.roll(clouds, -6, 0) + 0.02)
    picture = glow(picture, rgb("#ffb27a"), 0.28 * rim * np.exp(-halo * 2.2))
    disc = smooth(0.030, 0.0265, np.hypot((x - sun) * 1.6, y - horizon + 0.045))
    picture = over(picture, rgb("#fff3cf"), disc)
    for base, rough, colour, haze in ((0.575, 1.3, "#8a5a72", 0.9), (0.588, 2.1, "#5d4164", 1.0)):
        line = ridge(rng, width, base, 0.012, rough)
        line = line + 0.03 * smooth(0.25, 0.75, x[0] if base < 0.58 else 1 - x[0])
        picture = over(picture, rgb(colour), haze * below(line, y) * (y < horizon))

    depth = np.clip((y - horizon) / (1 - horizon), 1e-3, 1)
    water = gradient(depth, [(0, "#e79a72"), (0.10, "#b0667a"), (0.42, "#5a4470"), (1, "#1c2244")])
    rows = np.clip(np.log(1 + 14 * depth) / np.log(15), 0, 0.9999)
    ripples = noise(rng, width, height, 10, 75, 3, 0.7)
    index = (rows * (height - 1)).astype(int)
    ripples = np.take_along_axis(ripples, index, 0)
    water = water + (0.20 * (ripples - 0.5) * (0.35 + 0.65 * depth))[..., None] * rgb("#ffb692")
    column = np.exp(-((x - sun) / (0.018 + 0.085 * depth))**2)
    sparkle = smooth(0.50, 0.64, ripples) * column * (1.0 - 0.55 * depth)
    water = glow(water, rgb("#ffd899"), np.clip(sparkle * 0.95 + 0.30 * column * (1 - depth)**2, 0, 1))
    picture = over(picture, water, (y >= horizon).astype(float))

    def at(points):
        return [(0.335 + px * 0.30, 0.622 + py * 0.30) for px, py in points]
    hull = [(-.52, -.075), (.47, -.075), (.56, -.12), (.515, .012), (.45, .032), (-.47, .032), (-.52, .0)]
    decks = [[(-.47, -.16), (.36, -.16), (.40, -.07), (-.50, -.07)], [(-.40, -.235), (.26, -.235), (.31, -.155), (-.43, -.155)],
             [(.10, -.30), (.235, -.30), (.265, -.23), (.09, -.23)], [(-.20, -.355), (-.08, -.355), (-.06, -.23), (-.235, -.23)],
             [(.165, -.42), (.172, -.42), (.176, -.29), (.161, -.29)], [(-.435, -.30), (-.429, -.30), (-.429, -.07), (-.435, -.07)]]
    ship = np.zeros((height, width))
    for part in [hull] + decks:
        ship = np.maximum(ship, polygon(width, height, at(part), 0.6))
    smoke = np.exp(-((y - 0.505 + 0.30 * (0.285 - x)**1.0 * 0.45) / (0.010 + 0.05 * np.clip(0.29 - x, 0, 1)))**2)
    smoke = smoke * smooth(0.292, 0.26, x) * smooth(0.02, 0.20, x) * (0.35 + noise(rng, width, height, 9, 9, 4))
    picture = over(picture, rgb("#4c3a5c"), 0.30 * smoke)
    picture = over(picture, rgb("#1a1a33"), ship)
    lit = np.zeros((height, width))
    for row, start, stop, step in ((-.118, -.45, .34, .046), (-.198, -.37, .23, .046), (-.272, .125, .21, .042)):
        for place in np.arange(start, stop, step):
            pane = at([(place, row - .017), (place + .025, row - .017), (place + .025, row + .017), (place, row + .017)])
            lit = np.maximum(lit, polygon(width, height, pane, 0.4) * (0.65 + 0.35 * rng.random()))
    picture = over(picture, rgb("#ffdf9c"), lit)
    picture = glow(picture, rgb("#ffbe6b"), 0.8 * blurred(lit, 9))
    waterline = int(0.634 * height)
    mirror = np.zeros((height, width))
    reach = height - waterline
    mirror[waterline:] = ship[waterline - reach:waterline][::-1]
    wobble = ((ripples - 0.5) * 26).astype(int)
    mirror = np.take_along_axis(mirror, np.clip(np.arange(width)[None, :] + wobble, 0, width - 1), 1)
    picture = over(picture, rgb("#231f40"), 0.72 * blurred(mirror, 2.2) * smooth(0.80, 0.64, y))
    wake = np.exp(-((y - 0.636) / 0.0035)**2) * smooth(0.10, 0.18, x) * smooth(0.52, 0.50, x)
    picture = glow(picture, rgb("#ffc9a0"), 0.45 * wake * (0.4 + ripples))

    def gulls(pen, s):
        for gx, gy, size in ((0.52, 0.36, 15), (0.555, 0.335, 11), (0.60, 0.385, 9), (0.48, 0.40, 8)):
            cx, cy = gx * width, gy * height
            for side in (-1, 1):
                pen.line([(cx * s, cy * s), ((cx + side * size * .55) * s, (cy - size * .42) * s),
                          ((cx + side * size * 1.2) * s, (cy - size * .12) * s)], fill=255, width=int(1.7 * s), joint="curve")
    picture = over(picture, rgb("#2a2648"), 0.85 * mask(width, height, gulls))
    save_jpeg(finish(rng, picture), SHARED / "ferry-at-dusk.jpg", 74_000)


def hills(rng):
    """Six ridges, each paler than the one before it, with fog lying between."""
    width, height = 1800, 1100
    x, y = grid(width, height)
    picture = gradient(y, [(0, "#8fb0c2"), (0.22, "#c8d3cf"), (0.38, "#f3e2c4"), (0.55, "#f2d9b8"), (1, "#cfd6cf")])
    sun = np.hypot((x - 0.72) * 1.6, y - 0.25)
    picture = glow(picture, rgb("#fff0c9"), 0.9 * np.exp(-(sun / 0.16)**1.4))
    picture = over(picture, rgb("#fffbea"), smooth(0.048, 0.043, sun))
    veil = noise(rng, width, height, 3, 9, 5)
    picture = over(picture, rgb("#f6ead2"), 0.35 * smooth(0.48, 0.7, veil) * smooth(0.5, 0.1, y))
    layers = [(0.36, .045, 1.2, "#b9c6c2"), (0.44, .050, 1.5, "#9db3b2"), (0.53, .055, 1.1, "#7e9a9d"),
              (0.63, .055, 1.4, "#5c7d83"), (0.74, .060, 1.0, "#3c5e66"), (0.87, .060, 1.3, "#1f3d46")]
    for number, (base, tall, rough, colour) in enumerate(layers):
        line = ridge(rng, width, base, tall, rough)
        cover = below(line, y)
        if number >= 2:
            firs = conifers(rng, line, width, height, 0.0016 * 1.7**(number - 2), 0.010 * 1.75**(number - 2))
            cover = np.maximum(cover, firs)
        gentle = np.convolve(np.pad(line, 200, "edge"), np.hanning(401) / np.hanning(401).sum(), "valid")
        fall = np.clip((y - gentle[None, :] + 0.02) / 0.22, 0, 1)  # fog does not follow every notch of the skyline
        texture = 0.05 * (noise(rng, width, height, 20, 30, 4) - 0.5) * (number / 5)
        lit = np.exp(-((x - 0.72) / 0.35)**2) * (1 - number / 6)
        layer = rgb(colour) + (texture + 0.06 * lit * (1 - fall))[..., None]
        mist = rgb("#eee5d2") * (1 - 0.06 * number) + (rgb("#c5d5d6") - rgb("#eee5d2")) * (0.10 * number)
        layer = layer + (mist - layer) * (0.80 * fall**1.1 * (1 - 0.10 * number))[..., None]
        picture = over(picture, layer, cover)
        drift = noise(rng, width, height, 2.5, 14, 5)
        bank = smooth(0.44, 0.66, drift) * np.exp(-((y - base - 0.085) / 0.05)**2)
        picture = over(picture, mist, 0.62 * bank)
    save_jpeg(finish(rng, picture, 0.010, 0.16), SHARED / "hills-in-fog.jpg", 70_000)


def observatory(rng):
    """A dome on a hill, and the field of mirrors before it; one of them looks straight at us."""
    width, height = 1600, 1067
    x, y = grid(width, height)
    picture = gradient(y, [(0, "#2f6f93"), (0.25, "#6fa9b8"), (0.45, "#cfdccb"), (0.58, "#f7e3b6"), (1, "#f0c98a")])
    cloud = noise(rng, width, height, 3, 13, 6)
    picture = over(picture, rgb("#fff4de"), 0.55 * smooth(0.50, 0.70, cloud) * smooth(0.62, 0.30, y))
    for base, tall, rough, colour in ((0.535, .020, 1.1, "#a9b7ad"), (0.57, .020, 1.7, "#7d968f")):
        picture = over(picture, rgb(colour), below(ridge(rng, width, base, tall, rough), y))
    hill = 0.66 - 0.17 * np.exp(-((x[0] - 0.70) / 0.24)**2) + ridge(rng, width, 0, 0.004, 4)
    slope = np.clip((y - hill[None, :]) / 0.16, 0, 1)
    grass = gradient(slope, [(0, "#8f9a5c"), (0.4, "#6d7f4f"), (1, "#556b48")])
    grass = grass + 0.10 * (noise(rng, width, height, 26, 40, 4) - 0.5)[..., None]
    picture = over(picture, grass, below(hill, y))

    def box(left, top, right, bottom):
        return polygon(width, height, [(left, top), (right, top), (right, bottom), (left, bottom)], 0.5)
    cx, foot, radius = 0.70, 0.40, 0.082
    aspect = width / height
    distance = np.hypot((x - cx), (y - foot) / aspect)
    dome = smooth(radius + 0.0008, radius - 0.0008, distance) * (y < foot)
    light = np.clip(0.78 - 3.6 * (x - cx) - 1.6 * (y - foot + 0.06), 0.35, 1.05)
    drum_shade = np.clip(0.80 - 4.6 * (x - cx), 0.42, 1.0)
    drum = box(cx - .074, foot - .002, cx + .074, foot + .125)
    picture = over(picture, rgb("#f6ecd9") * drum_shade[..., None], drum)
    picture = over(picture, rgb("#fdf6e6") * light[..., None], dome)
    ribs = np.abs(np.sin((np.arctan2((x - cx), (foot - y) / aspect + 0.06)) * 9))
    picture = over(picture, rgb("#a8a493"), 0.25 * smooth(0.10, 0.0, ribs) * dome)
    slit = dome * smooth(0.0125, 0.0115, np.abs(x - cx + 0.018 + 0.10 * (foot - y))) * (y < foot - 0.012)
    picture = over(picture, rgb("#2c3f4a"), slit)
    picture = over(picture, rgb("#d9cdb4"), box(cx - .080, foot - .008, cx + .080, foot + .006))
    picture = over(picture, rgb("#3b4a4c"), box(cx - .012, foot + .062, cx + .012, foot + .124))
    for window in (-.05, -.032, .032, .05):
        picture = over(picture, rgb("#51656a"), box(cx + window - .004, foot + .035, cx + window + .004, foot + .062))

    ground = 0.645 + 0.02 * np.sin(3 * x[0])
    field = gradient(np.clip((y - 0.64) / 0.36, 0, 1), [(0, "#9c9a62"), (0.35, "#7c7d4d"), (1, "#3f4a34")])
    field = field + 0.16 * (noise(rng, width, height, 40, 60, 4) - 0.5)[..., None]
    picture = over(picture, field, below(ground, y, 0.02))
    for row in range(6):
        near = row / 5
        base = 0.675 + 0.29 * near**1.45
        size = 0.020 + 0.060 * near**1.25
        count, shift = 13 - 2 * row, 0.5 * (row % 2)
        for i in range(-1, count + 2):
            mx = (i + shift) / count + 0.004 * rng.normal()
            my = base + 0.003 * rng.normal()
            tilt = 0.16 + 0.05 * rng.normal() + 0.25 * (0.5 - mx)
            half_w, half_h = size * 0.72, size * 0.62
            centre = my - size * 1.0
            face = [(mx - half_w, centre - half_h * (1 - tilt)), (mx + half_w, centre - half_h * (1 + tilt)),
                    (mx + half_w * .94, centre + half_h * (1 - tilt)), (mx - half_w * .94, centre + half_h * (1 + tilt))]
            left, right = max(0, int((mx - size * 2.2) * width)), min(width, int((mx + size * 2.2) * width))
            top, bottom = max(0, int((centre - size * 2.2) * height)), min(height, int((my + size * .8) * height))
            if right - left < 4:
                continue
            w, h = right - left, bottom - top
            local = [((px * width - left) / w, (py * height - top) / h) for px, py in face]
            tile = picture[top:bottom, left:right]
            tx, ty = x[top:bottom, left:right], y[top:bottom, left:right]
            shadow = np.exp(-(((tx - mx - size * .5) / (size * 1.1))**2 + ((ty - my) / (size * 0.20))**2))
            tile = over(tile, rgb("#2a3326"), 0.60 * shadow)
            post = (np.abs(tx - mx) < size * 0.045) * (ty > centre) * (ty < my)
            tile = over(tile, rgb("#4b4a42"), post.astype(float))
            frame = polygon(w, h, [((px - .5) * 1 + .5, py) for px, py in local], 0.4)
            v = (ty - centre + half_h) / (2 * half_h) + 0.35 * (tx - mx) / size
            sky_seen = gradient(np.clip(v, 0, 1), [(0, "#f9edcb"), (0.30, "#bcd6d6"), (0.75, "#5d9db6"), (1, "#2f6f93")])
            tile = over(tile, rgb("#33413f"), polygon(w, h, [(px + 2.5 / w, py + 3 / h) for px, py in local], 0.7))
            tile = over(tile, sky_seen, frame)
            for seam in (-0.33, 0.33):
                tile = over(tile, rgb("#3f5c66"), 0.55 * frame * (np.abs(tx - mx - seam * half_w * 2 * .5 * 1.0) < 0.0007 + 0.0006 * near))
            picture[top:bottom, left:right] = tile
            if (row, i) == (4, 1):
                flash = (mx, centre)
    fx, fy = flash
    dx, dy = (x - fx) * aspect, y - fy
    r = np.hypot(dx, dy)
    star = np.exp(-(r / 0.028)**1.2) + 0.55 * np.exp(-np.abs(dx) / 0.09) * np.exp(-(dy / 0.0035)**2) \
        + 0.55 * np.exp(-np.abs(dy) / 0.12) * np.exp(-(dx / 0.0035)**2) + 0.24 * np.exp(-r / 0.14)
    picture = glow(picture, rgb("#fff4d2"), np.clip(star, 0, 1))
    save_jpeg(finish(rng, picture, 0.010, 0.20), SHARED / "observatory-mirrors.jpg", 86_000)


def market(rng):
    """A fruit stall at closing time: heaps of round colour under a striped awning."""
    width, height = 1200, 900
    x, y = grid(width, height)
    picture = gradient(y, [(0, "#241a2e"), (0.5, "#4a2c38"), (1, "#2a1a20")])
    for _ in range(46):
        bx, by, br = rng.random(), 0.20 + 0.30 * rng.random(), 0.010 + 0.030 * rng.random()
        colour = rgb(["#ffb35c", "#ff7d5a", "#ffd98a", "#8fd0c8", "#f0668a"][rng.integers(5)])
        ball = np.hypot(x - bx, (y - by) * height / width)
        picture = glow(picture, colour, (0.16 + 0.34 * rng.random()) * smooth(br, br * 0.86, ball))
    stripe = smooth(-0.09, 0.09, np.sin((x - 0.5) * 15 * (1.25 - 0.5 * y) * np.pi))
    scallop = 0.205 + 0.018 * np.abs(np.cos((x - 0.5) * 15 * (1.25 - 0.5 * 0.2) * np.pi))
    cloth = rgb("#b8323a") + (rgb("#f3e3c8") - rgb("#b8323a")) * stripe[..., None]
    cloth = cloth * (0.50 + 0.55 * smooth(0.02, 0.21, y) - 0.30 * smooth(0.175, 0.19, y) * (y < 0.195))[..., None]
    cloth = cloth * (0.92 + 0.16 * noise(rng, width, height, 12, 3, 3))[..., None]
    picture = over(picture, cloth, smooth(0.002, -0.002, y - scallop))
    for lx in (0.18, 0.5, 0.82):
        cord = (np.abs(x - lx) < 0.0012) & (y > 0.2) & (y < 0.285)
        picture = over(picture, rgb("#1a1216"), cord.astype(float))
        bulb = np.hypot(x - lx, (y - 0.30) * height / width)
        picture = glow(picture, rgb("#ffcf86"), np.clip(1.1 * np.exp(-(bulb / 0.022)**2) + 0.55 * np.exp(-bulb / 0.10), 0, 1))

    crates = (("#f28a1c", "#7c2f57", "#f2c230", "#b3202a", "#9dbb3a"), ("#e8c23a", "#c8262f", "#f0e3c4", "#f28a1c"),
              ("#b3202a", "#8fb233", "#f08a24"))
    fruit = []
    for row in range(3):
        columns = 5 - row
        for column in range(columns):
            colour = crates[row][column]
            left, right = column / columns, (column + 1) / columns
            top = 0.46 + 0.185 * row
            radius = (0.017, 0.0225, 0.029)[row] * (1.0 if colour != "#7c2f57" else 0.82)
            heap = []
            for level in range(5):
                for place in np.arange(left + radius * 1.2, right - radius * 0.6, radius * 1.78):
                    middle = (left + right) / 2
                    hump = 1 - ((place - middle) / (right - left) * 2)**2
                    lift = 0.055 * hump * (1 - level / 5)
                    heap.append((place + (level % 2) * radius * .9 + .003 * rng.normal(),
                                 top + level * radius * 1.05 - lift + .003 * rng.normal(), radius * (1 + .05 * rng.normal()), colour))
            fruit.append((left, right, top, heap))
    for left, right, top, heap in fruit:
        for fx, fy, fr, colour in heap:
            l, r_ = max(0, int((fx - fr * 1.3) * width)), min(width, int((fx + fr * 1.3) * width) + 1)
            t, b = max(0, int((fy * height - fr * 1.3 * width))), min(height, int(fy * height + fr * 1.3 * width) + 1)
            if r_ - l < 3 or b - t < 3:
                continue
            tx, ty = (x[t:b, l:r_] - fx) / fr, (y[t:b, l:r_] - fy) * height / width / fr
            d = np.hypot(tx, ty)
            z = np.sqrt(np.clip(1 - d * d, 0, 1))
            shade = np.clip(0.28 + 0.62 * np.clip(-0.35 * tx - 0.62 * ty + 0.62 * z, 0, 1), 0, 1)
            body = rgb(colour) * (1 + 0.10 * rng.normal())
            skin = np.clip(body, 0, 1) * (0.35 + 1.0 * shade)[..., None]
            shine = np.exp(-((tx + .32)**2 + (ty + .42)**2) / 0.035)
            skin = glow(np.clip(skin, 0, 1), rgb("#fff1d0"), 0.55 * shine)
            tile = over(picture[t:b, l:r_], rgb("#160c10"), 0.40 * smooth(1.3, 0.8, d))
            picture[t:b, l:r_] = over(tile, skin, smooth(1.03, 0.95, d))
        board = top + 0.118 + 0.015 * (top > 0.6) + 0.012 * (top > 0.8)
        plank = smooth(-.001, .001, y - board) * smooth(.001, -.001, y - board - 0.052) * (x > left) * (x < right)
        wood = gradient(np.clip((y - board) / 0.052, 0, 1), [(0, "#a8743f"), (0.2, "#8a5a30"), (1, "#4e2f1c")])
        wood = wood + 0.12 * (noise(rng, width, height, 5, 120, 3) - 0.5)[..., None]
        seam = ((x - left < 0.0025) | (right - x < 0.0025))
        wood = wood * (1 - 0.6 * seam)[..., None]
        picture = over(picture, wood, plank)
        tag = polygon(width, height, [((left + right) / 2 - .022, board - .022), ((left + right) / 2 + .022, board - .024),
                                      ((left + right) / 2 + .023, board + .024), ((left + right) / 2 - .021, board + .026)], 0.6)
        picture = over(picture, rgb("#f4ead2"), 0.95 * tag)
        for stroke in (-.008, .004):
            line = (np.abs(y - board - stroke) < .0022) & (np.abs(x - (left + right) / 2) < .013)
            picture = over(picture, rgb("#5a4a44"), 0.8 * line)
    warm = np.exp(-((x - 0.5) / 0.55)**2) * np.exp(-((y - 0.45) / 0.40)**2)
    picture = glow(np.clip(picture, 0, 1), rgb("#ffb25e"), 0.16 * warm)
    save_jpeg(finish(rng, picture, 0.010, 0.32), SHARED / "market-stall.jpg", 72_000)


def lighthouse(rng):
    """Night, stars, a beam. Stored lying on its side with EXIF orientation 6, as telephones do."""
    width, height = 800, 1200
    x, y = grid(width, height)
    picture = gradient(y, [(0, "#0a1230"), (0.35, "#16264f"), (0.60, "#2f4a72"), (0.74, "#7f8496"), (0.80, "#c9a68f"), (1, "#c9a68f")])
    band = np.exp(-(((x - 0.25) * 0.8 + (y - 0.25) * 0.5) / 0.13)**2) * noise(rng, width, height, 5, 7, 5)
    picture = glow(picture, rgb("#9aa8d8"), 0.42 * band)
    for _ in range(420):
        sx, sy = rng.random(), rng.random()**1.3 * 0.72
        bright = rng.random()**4
        px, py = int(sx * (width - 3)) + 1, int(sy * (height - 3)) + 1
        picture[py, px] = 1 - (1 - picture[py, px]) * (1 - (0.35 + 0.65 * bright))
        if bright > 0.30:
            picture[py - 1:py + 2, px - 1:px + 2] = 1 - (1 - picture[py - 1:py + 2, px - 1:px + 2]) * (1 - 0.40 * bright)
    lamp_x, lamp_y = 0.615, 0.335
    dx, dy = x - lamp_x, (y - lamp_y) * height / width
    for angle, strength in ((np.radians(189), 0.95), (np.radians(9), 0.7)):
        along = dx * np.cos(angle) + dy * np.sin(angle)
        across = -dx * np.sin(angle) + dy * np.cos(angle)
        cone = np.exp(-(across / (0.006 + 0.095 * np.clip(along, 0, 2)))**2) * (along > 0) * np.exp(-along * 1.1)
        picture = glow(picture, rgb("#ffe6ae"), np.clip(strength * cone * (0.75 + 0.35 * noise(rng, width, height, 4, 4, 4)), 0, 1))
    sea = smooth(0.797, 0.803, y)
    ripples = noise(rng, width, height, 7, 110, 3)
    water = gradient((y - 0.8) / 0.2, [(0, "#8a8290"), (0.25, "#3f5070"), (1, "#10182f")]) + (0.14 * (ripples - 0.5))[..., None]
    picture = over(picture, water, sea)
    headland = 0.86 - 0.16 * smooth(0.15, 0.75, x[0]) + ridge(rng, width, 0, 0.006, 3)
    picture = over(picture, gradient((y - 0.68) / 0.3, [(0, "#1d2433"), (1, "#0a0d16")]), below(headland, y))

    def trapezoid(top, bottom, half_top, half_bottom):
        return [(lamp_x - half_top, top), (lamp_x + half_top, top), (lamp_x + half_bottom, bottom), (lamp_x - half_bottom, bottom)]
    tower = polygon(width, height, trapezoid(0.372, 0.735, 0.037, 0.060), 0.5)
    shade = np.clip(0.70 - 7.5 * (x - lamp_x), 0.16, 1.0)
    stripes = np.floor((y - 0.372) / 0.0605) % 2
    paint = rgb("#e9e4de") + (rgb("#a53a36") - rgb("#e9e4de")) * stripes[..., None]
    picture = over(picture, paint * (0.75 * shade)[..., None], tower)
    for top, bottom, half in ((0.362, 0.374, 0.052), (0.300, 0.308, 0.034)):
        picture = over(picture, rgb("#20242e"), polygon(width, height, trapezoid(top, bottom, half, half), 0.4))
    picture = over(picture, rgb("#ffe9b8"), polygon(width, height, trapezoid(0.308, 0.362, 0.025, 0.025), 0.5))
    picture = over(picture, rgb("#20242e"), polygon(width, height, [(lamp_x - .032, .302), (lamp_x, .270), (lamp_x + .032, .302)], 0.5))
    for bar in (-.025, -.008, .008, .025):
        picture = over(picture, rgb("#3a3a40"), ((np.abs(x - lamp_x - bar) < .0016) & (y > .306) & (y < .364)).astype(float))
    for wy in (0.46, 0.58):
        picture = over(picture, rgb("#ffce7a"), polygon(width, height, [(lamp_x - .008, wy), (lamp_x + .004, wy), (lamp_x + .004, wy + .016), (lamp_x - .008, wy + .016)], 0.4))
    house = polygon(width, height, [(.70, .705), (.70, .672), (.745, .648), (.80, .672), (.80, .712)], 0.5)
    picture = over(picture, rgb("#181d29"), house)
    picture = over(picture, rgb("#ffc46b"), polygon(width, height, [(.728, .680), (.744, .680), (.744, .694), (.728, .694)], 0.4))
    r = np.hypot(dx, dy)
    picture = glow(picture, rgb("#ffe2a2"), np.clip(0.9 * np.exp(-(r / 0.045)**1.3) + 0.25 * np.exp(-r / 0.16), 0, 1))
    upright = finish(rng, np.clip(picture, 0, 1), 0.010, 0.22)
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = 6  # "turn me 90° clockwise to show me"
    save_jpeg(upright.transpose(Image.ROTATE_90), CONTENT / "對岸畫報" / "夜航燈塔.jpg", 46_000, exif)


def library(rng):
    """A reading room after rain: shelves, green lamps, a tall blue window."""
    width, height = 1200, 800
    x, y = grid(width, height)
    picture = gradient(y, [(0, "#2b1c18"), (0.6, "#3d271d"), (1, "#1d130f")])
    shelf_tops = np.linspace(0.06, 0.66, 6)

    def books(left, right):
        nonlocal picture
        for top, bottom in zip(shelf_tops[:-1], shelf_tops[1:]):
            at = left
            while at < right - 0.004:
                wide = 0.006 + 0.009 * rng.random()
                tall = (bottom - top) * (0.62 + 0.26 * rng.random())
                colour = rgb(["#7c2f2a", "#2f4a4f", "#8a6a3a", "#54402f", "#a08a5a", "#3d3a52", "#5d6a45", "#b5a27c"][rng.integers(8)])
                l, r = int(at * width), min(int(right * width), int((at + wide) * width))
                b, t = int((bottom - 0.012) * height), int((bottom - 0.012 - tall) * height)
                if r - l >= 2:
                    across = np.linspace(-1, 1, r - l)
                    spine = colour[None, None] * (0.58 + 0.34 * (1 - across**2))[None, :, None] * (0.75 + 0.4 * rng.random())
                    picture[t:b, l:r] = spine
                    if rng.random() < 0.5:
                        for line in (0.16, 0.22, 0.8):
                            row = int(t + (b - t) * line)
                            picture[row:row + 2, l + 1:r - 1] = picture[row:row + 2, l + 1:r - 1] * 0.5 + rgb("#d8b870") * 0.5
                at += wide + (0.012 if rng.random() < 0.05 else 0.0006)
            board = (y > bottom - 0.012) & (y < bottom + 0.004) & (x > left - 0.006) & (x < right + 0.006)
            picture = over(picture, rgb("#6b4428"), board.astype(float))
            dark = (y > bottom - 0.012 - (bottom - top)) & (y < bottom - (bottom - top) + 0.028) & (x > left) & (x < right)
            picture = over(picture, rgb("#120a08"), 0.55 * dark)
        for side in (left - 0.008, right):
            picture = over(picture, rgb("#5a3822"), ((x > side) & (x < side + 0.008) & (y > 0.03) & (y < 0.68)).astype(float))

    books(0.02, 0.185)
    books(0.20, 0.365)
    books(0.635, 0.80)
    books(0.815, 0.98)
    arch_top = 0.20
    window = ((np.abs(x - 0.5) < 0.105) & (y > arch_top) & (y < 0.62)).astype(float)
    window = np.maximum(window, smooth(0.106, 0.104, np.hypot(x - 0.5, (y - arch_top) * height / width)) * (y <= arch_top))
    frame = np.maximum(((np.abs(x - 0.5) < 0.118) & (y > arch_top) & (y < 0.64)).astype(float),
                       smooth(0.119, 0.117, np.hypot(x - 0.5, (y - arch_top) * height / width)) * (y <= arch_top))
    picture = over(picture, rgb("#8d6a48"), frame)
    outside = gradient(y / 0.62, [(0, "#3b5f86"), (0.55, "#8fb0c0"), (0.8, "#e9c9a0"), (1, "#7d8d80")])
    outside = over(outside, rgb("#4f6f6c"), below(ridge(rng, width, 0.50, 0.018, 3), y))
    outside = over(outside, rgb("#35524f"), below(ridge(rng, width, 0.555, 0.016, 4), y))
    picture = over(picture, outside, window)
    bars = (np.abs(x - 0.5) < 0.0022) | (np.abs(x - 0.43) < 0.0015) | (np.abs(x - 0.57) < 0.0015) | (np.abs(y - 0.34) < 0.003) | (np.abs(y - 0.48) < 0.003) | (np.abs(y - 0.2) < 0.003)
    picture = over(picture, rgb("#6d4f36"), bars * window)
    picture = glow(picture, rgb("#a9c6d6"), 0.30 * np.exp(-(np.hypot((x - 0.5) * 1.3, y - 0.34) / 0.20)**2) * (1 - 0.8 * window))
    floor = smooth(0.668, 0.676, y)
    boards = gradient((y - 0.67) / 0.33, [(0, "#4a3020"), (1, "#2a1a12")]) * (0.8 + 0.4 * noise(rng, width, height, 30, 6, 3))[..., None]
    picture = over(picture, boards, floor)
    shine = np.exp(-((x - 0.5) / (0.05 + 0.22 * np.clip(y - 0.66, 0, 1)))**2) * floor * smooth(1.0, 0.68, y)
    picture = glow(picture, rgb("#a4bfcc"), 0.42 * shine)
    table = polygon(width, height, [(0.10, 0.775), (0.90, 0.775), (1.02, 0.90), (-0.02, 0.90)], 0.6)
    top = gradient((y - 0.775) / 0.125, [(0, "#7a4c2a"), (1, "#a2683a")]) * (0.86 + 0.28 * noise(rng, width, height, 6, 90, 4))[..., None]
    picture = over(picture, top, table)
    picture = over(picture, rgb("#3c2314"), polygon(width, height, [(-0.02, 0.90), (1.02, 0.90), (1.02, 0.945), (-0.02, 0.945)], 0.5))
    picture = over(picture, rgb("#150c08"), polygon(width, height, [(-0.02, 0.945), (1.02, 0.945), (1.02, 1.0), (-0.02, 1.0)], 1.0) * 0.9)
    for left in (0.15, 0.40, 0.66, 0.80):
        page = polygon(width, height, [(left, .842), (left + .040, .832), (left + .080, .842), (left + .086, .872), (left + .042, .862), (left - .006, .872)], 0.5)
        picture = over(picture, rgb("#efe3c8") * (0.92 - 0.15 * (np.abs(x - left - 0.041) < 0.002))[..., None], page)
    for lx in (0.28, 0.55, 0.76):
        stem = (np.abs(x - lx) < 0.0022) & (y > 0.70) & (y < 0.822)
        picture = over(picture, rgb("#c79a4a"), stem.astype(float))
        picture = over(picture, rgb("#b0853c"), smooth(1.05, 0.95, np.hypot((x - lx) / 0.020, (y - 0.824) / 0.009)))
        pool = np.exp(-(((x - lx) / 0.095)**2 + ((y - 0.83) / 0.055)**2))
        picture = glow(picture, rgb("#ffcf83"), 0.62 * pool)
        hood = polygon(width, height, [(lx - .034, .715), (lx - .022, .682), (lx + .022, .682), (lx + .034, .715)], 0.6)
        picture = over(picture, gradient((y - .68) / .036, [(0, "#1f6b4d"), (1, "#5dbd86")]), hood)
        lip = np.exp(-(((x - lx) / 0.03)**2 + ((y - 0.719) / 0.005)**2))
        picture = glow(picture, rgb("#fff0c0"), np.clip(1.2 * lip, 0, 1))
        picture = glow(picture, rgb("#ffd796"), 0.28 * np.exp(-np.hypot((x - lx) * 1.3, y - 0.72) / 0.08))
    save_jpeg(finish(rng, np.clip(picture, 0, 1), 0.009, 0.30), CONTENT / "山城观察" / "阅览室.jpg", 62_000)


def street(rng):
    """A wet street through a tram window: lights out of focus, two umbrellas."""
    width, height = 640, 427
    x, y = grid(width, height)
    picture = gradient(y, [(0, "#141b2e"), (0.45, "#2b3350"), (0.6, "#3a3550"), (1, "#12131f")])
    colours = ["#ffb35c", "#ff6f4d", "#6fd0d8", "#f7dc8c", "#e85d8a", "#8fb4ff"]
    for _ in range(70):
        bx, depth = rng.random(), rng.random()
        by, br = 0.55 - 0.42 * rng.random()**1.5, 0.010 + 0.032 * depth
        colour = rgb(colours[rng.integers(len(colours))])
        ball = np.hypot(x - bx, (y - by) * height / width)
        strength = 0.12 + 0.42 * rng.random()
        picture = glow(picture, colour, strength * (0.75 * smooth(br, br * 0.88, ball) + 0.25 * smooth(br, br * 0.9, ball) * smooth(br * .7, br, ball)))
        streak = np.exp(-((x - bx) / (br * 0.7))**2) * smooth(0.57, 0.62, y) * np.exp(-(y - 0.58) / 0.22)
        picture = glow(picture, colour, 0.75 * strength * streak * (0.55 + 0.7 * noise(rng, width, height, 3, 60, 2)))
    for px, py, size in ((0.36, 0.52, 0.105), (0.63, 0.55, 0.080)):
        ax = height / width
        brolly = smooth(1.02, 0.97, np.hypot((x - px) / size, (y - py) * ax / (size * 0.62))) * (y < py)
        coat = smooth(1.05, 0.95, np.hypot((x - px) / (size * .40), (y - py - size * 1.05) / (size * 1.45))) * (y > py)
        legs = ((np.abs(np.abs(x - px) - size * .16) < size * .10) & (y > py + size * 1.7) & (y < py + size * 3.1)).astype(float)
        shape = blurred(np.maximum(np.maximum(brolly, coat), legs), 1.1)
        picture = over(picture, rgb("#0c0f1a"), 0.94 * shape)
        edge = smooth(1.10, 1.0, np.hypot((x - px) / size, (y - py) * ax / (size * 0.62))) * smooth(0.93, 1.0, np.hypot((x - px) / size, (y - py) * ax / (size * 0.62))) * (y < py)
        picture = glow(picture, rgb("#ffcf96"), 0.38 * edge)
        foot = py + size * 3.1
        shade = np.exp(-((x - px) / (size * .45))**2) * smooth(foot, foot + .02, y) * np.exp(-(y - foot) / 0.12)
        picture = over(picture, rgb("#0a0c16"), 0.7 * shade)
    save_jpeg(finish(rng, np.clip(picture, 0, 1), 0.014, 0.35), CONTENT / "對岸畫報" / "雨後的電車路.jpg", 27_000)


def salt(rng):
    """Salt pans at sunrise: a floor of sky in squares, cones of salt, one worker with a rake."""
    width, height, horizon = 1200, 800, 0.42
    x, y = grid(width, height)
    sky = [(0, "#6d86ad"), (0.35, "#b9a3b8"), (0.65, "#f2b99d"), (0.88, "#fbd6a4"), (1, "#fde6b9")]
    cloud = noise(rng, width, height, 3, 18, 6)
    above = gradient(y / horizon, sky)
    above = over(above, rgb("#d98d8c"), 0.5 * smooth(0.5, 0.68, cloud) * smooth(0.0, 0.1, y))
    halo = np.hypot((x - 0.30) * 1.5, y - horizon + 0.015)
    above = glow(above, rgb("#fff0c2"), 0.95 * np.exp(-(halo / 0.10)**1.2))
    picture = above.copy()
    flipped = above[np.clip((2 * horizon * height - np.arange(height)).astype(int), 0, height - 1)]
    depth = np.clip((y - horizon) / (1 - horizon), 1e-4, 1)
    floor = flipped * (0.96 - 0.30 * depth)[..., None]
    ripples = noise(rng, width, height, 8, 80, 3)
    floor = floor + (0.05 * (ripples - 0.5) * depth)[..., None]
    z = 1 / (depth + 0.035)
    u, v = (x - 0.42) * z * 0.9, z * 1.15
    tint = noise(np.random.default_rng(5), 64, 64, 16, 16, 1)
    cell = tint[(np.floor(v).astype(int) % 64), (np.floor(u * 1.0).astype(int) % 64)]
    floor = over(floor, rgb("#b77f86"), 0.42 * smooth(0.55, 0.8, cell))
    floor = over(floor, rgb("#f5efe6"), 0.40 * smooth(0.42, 0.2, cell))
    across = np.minimum(np.abs(u - np.round(u)), 1)
    along = np.abs(v - np.round(v))
    thick = 0.035
    bank = np.maximum(smooth(thick, thick * 0.55, across), smooth(thick * 1.3, thick * 0.7, along)) * smooth(0.004, 0.05, depth)
    floor = over(floor, rgb("#5b4450") + (rgb("#a97f72") - rgb("#5b4450")) * (1 - depth)[..., None], 0.82 * bank)
    picture = over(picture, floor, smooth(horizon - .0008, horizon + .0008, y))
    far = ridge(rng, width, horizon - 0.018, 0.010, 1.6)
    picture = over(picture, rgb("#8f7896"), 0.85 * below(far, y) * (y < horizon + 0.001))
    for cx, base, size in ((0.62, 0.60, 0.040), (0.72, 0.585, 0.034), (0.80, 0.575, 0.030), (0.87, 0.565, 0.026), (0.56, 0.72, 0.060), (0.93, 0.70, 0.056)):
        tall = size * 1.15
        px, py = (x - cx) / size, (base - y) / tall
        cone = smooth(0.02, -0.02, np.abs(px) - (1 - np.clip(py, 0, 1)) * (1 - 0.10 * np.sin(np.clip(py, 0, 1) * 3.1))) * smooth(-0.02, 0.02, py) * (py < 1)
        light = np.clip(0.90 - 0.34 * px, 0.5, 1.1)
        mirrored = smooth(0.02, -0.02, np.abs(px) - (1 - np.clip(-py, 0, 1))) * (py < 0) * (py > -1)
        picture = over(picture, rgb("#d8c3c4"), 0.55 * mirrored)
        picture = over(picture, rgb("#fbf1e6") * light[..., None], cone)
    wx, wy, s = 0.235, 0.70, 0.10
    body = [[(-.10, -1.02), (.09, -1.02), (.13, -.45), (-.14, -.45)], [(-.13, -.47), (-.01, -.47), (-.03, 0), (-.11, 0)],
            [(.01, -.47), (.12, -.47), (.15, 0), (.07, 0)], [(.05, -.95), (.42, -.60), (.38, -.54), (.0, -.80)],
            [(-.24, -1.17), (.0, -1.36), (.24, -1.17)], [(-.07, -1.20), (.07, -1.20), (.06, -1.0), (-.06, -1.0)],
            [(.10, -.98), (.13, -1.00), (1.02, .03), (.99, .05)], [(.84, .02), (1.16, .02), (1.16, .07), (.84, .07)]]
    worker = np.zeros((height, width))
    twin = np.zeros((height, width))
    for part in body:
        worker = np.maximum(worker, polygon(width, height, [(wx + px * s * .95, wy + py * s * 1.25) for px, py in part], 0.5))
        twin = np.maximum(twin, polygon(width, height, [(wx + px * s * .95, wy - py * s * 1.25) for px, py in part], 1.6))
    picture = over(picture, rgb("#5a4152"), 0.55 * twin * (0.75 + 0.3 * ripples))
    picture = over(picture, rgb("#2c2233"), worker)
    picture = glow(np.clip(picture, 0, 1), rgb("#ffdca6"), 0.30 * np.exp(-(halo / 0.30)**1.2))
    save_jpeg(finish(rng, np.clip(picture, 0, 1), 0.010, 0.20), CONTENT / "對岸畫報" / "鹽田日出.jpg", 52_000)


def swell(rng):
    """A breakwater and the first swell of a storm."""
    width, height, horizon = 640, 420, 0.46
    x, y = grid(width, height)
    picture = gradient(y / horizon, [(0, "#3a4650"), (0.5, "#66757b"), (0.85, "#a9b0a6"), (1, "#d3cdb4")])
    cloud = noise(rng, width, height, 3, 7, 6)
    picture = over(picture, rgb("#2a343e"), 0.75 * smooth(0.45, 0.68, cloud) * smooth(horizon, 0.1, y))
    depth = np.clip((y - horizon) / (1 - horizon), 1e-3, 1)
    rows = np.log(1 + 9 * depth) / np.log(10)
    fold = noise(rng, width, height, 5, 22, 5)
    lump = np.take_along_axis(fold, (np.clip(rows, 0, .999) * (height - 1)).astype(int), 0)
    water = gradient(depth, [(0, "#93a39d"), (0.3, "#557277"), (1, "#1e3a42")])
    water = water + (0.55 * (lump - 0.5) * (0.3 + 0.7 * depth))[..., None] * rgb("#cfe0d8")
    foam = smooth(0.60, 0.70, lump) * smooth(0.05, 0.4, depth)
    water = over(water, rgb("#e6ece4"), 0.55 * foam)
    picture = over(picture, water, (y > horizon).astype(float))
    wall = [(-.01, .60), (.60, .505), (.645, .505), (.66, .535), (-.01, .70)]
    picture = over(picture, gradient(np.clip((y - .5) / .2, 0, 1), [(0, "#6d6a62"), (1, "#2c2d2c")]) * (0.8 + 0.4 * noise(rng, width, height, 50, 30, 3))[..., None], polygon(width, height, wall, 0.5))
    picture = over(picture, rgb("#9a958a"), polygon(width, height, [(-.01, .60), (.60, .505), (.645, .505), (-.01, .615)], 0.5))
    picture = over(picture, rgb("#2b2f33"), polygon(width, height, [(.612, .505), (.618, .38), (.632, .38), (.638, .505)], 0.4))
    picture = over(picture, rgb("#b8403a"), polygon(width, height, [(.610, .385), (.640, .385), (.640, .352), (.625, .338), (.610, .352)], 0.4))
    picture = glow(picture, rgb("#ff8a6a"), 0.5 * np.exp(-np.hypot(x - .625, (y - .368) * height / width) / 0.018))
    foot = 0.60 - 0.155 * x
    lift = np.clip((foot + 0.02 - y) / 0.30, 0, 1)
    lean = x - 0.40 - 0.10 * lift
    plume = np.exp(-(lean / (0.125 - 0.075 * lift))**2) * smooth(1.0, 0.15, lift) * smooth(-0.035, 0.01, foot + 0.02 - y)
    torn = noise(rng, width, height, 14, 10, 6, 0.68)
    spray = smooth(0.36, 0.62, plume * (0.35 + 1.1 * torn))
    picture = over(picture, rgb("#f0f3ec"), np.clip(0.90 * blurred(spray, 0.8) + 0.45 * blurred(plume * torn, 7), 0, 0.94))
    for _ in range(160):
        sx, up = 0.42 + 0.13 * rng.normal(), abs(rng.normal()) * 0.10
        sy, r = 0.60 - 0.155 * sx - 0.06 - up, 0.0008 + 0.0014 * rng.random()
        picture = over(picture, rgb("#f0f3ec"), 0.6 * np.exp(-((x - sx)**2 + ((y - sy) * height / width)**2) / r**2))
    save_jpeg(finish(rng, np.clip(picture, 0, 1), 0.016, 0.28), CONTENT / "晨港日报" / "防波堤.jpg", 27_000)


def chart(_rng):
    """The new ferry line as a flat map: few colours, hard edges, what lossless formats are for."""
    width, height, s = 1200, 800, 3
    sheet = Image.new("RGB", (width * s, height * s), "#cfe3e6")
    pen = ImageDraw.Draw(sheet)

    def curve(points, steps=24):
        """A closed Catmull-Rom curve through the points."""
        out, n = [], len(points)
        for i in range(n):
            p0, p1, p2, p3 = (np.array(points[(i + k - 1) % n], float) for k in range(4))
            for t in np.linspace(0, 1, steps, endpoint=False):
                out.append(tuple(0.5 * s * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)))
        return out

    coast = [(-120, -120), (470, -120), (430, 60), (500, 150), (400, 250), (300, 270), (330, 390), (240, 480), (260, 610), (150, 690), (90, 940), (-140, 940)]
    islands = [[(690, 150), (790, 120), (860, 190), (820, 270), (730, 280), (670, 220)],
               [(900, 440), (1010, 400), (1090, 470), (1060, 570), (950, 590), (880, 520)],
               [(560, 560), (620, 530), (670, 580), (630, 640), (570, 630)], [(1050, 170), (1085, 160), (1100, 195), (1065, 210)]]
    land = Image.new("L", (width, height))
    for shape in [coast] + islands:
        ImageDraw.Draw(land).polygon([(px / s, py / s) for px, py in curve(shape)], fill=255)
    for reach, colour in ((26, "#c3dadf"), (12, "#b5d0d6")):  # shallows: everything within reach of a shore
        near = land.filter(ImageFilter.GaussianBlur(reach)).resize(sheet.size, Image.BICUBIC)
        sheet.paste(colour, mask=near.point(lambda level: 255 * (level > 18)))
    for shape in [coast] + islands:
        pen.polygon(curve(shape), fill="#f1ead6")
        pen.line(curve(shape) + curve(shape)[:1], fill="#8fa7a3", width=3 * s, joint="curve")
    for hill in ([(60, 120), (180, 60), (300, 110), (270, 190), (120, 210)], [(20, 420), (120, 380), (170, 460), (90, 560), (10, 530)],
                 [(735, 180), (790, 165), (815, 205), (770, 240)], [(960, 480), (1010, 455), (1040, 500), (990, 540)]):
        pen.polygon(curve(hill), fill="#d9dfbf")

    def route(points, colour):
        out = []
        for i in range(len(points) - 1):
            a, c, b = (np.array(p, float) for p in (points[i], ((points[i][0] + points[i + 1][0]) / 2 + 26, (points[i][1] + points[i + 1][1]) / 2 - 30), points[i + 1]))
            out += [tuple(s * ((1 - t)**2 * a + 2 * t * (1 - t) * c + t * t * b)) for t in np.linspace(0, 1, 60)]
        for i in range(0, len(out) - 3, 5):
            pen.line(out[i:i + 4], fill=colour, width=6 * s, joint="curve")

    route([(333, 390), (675, 222)], "#c9503c")
    route([(675, 222), (885, 500)], "#c9503c")
    route([(333, 390), (566, 590)], "#2f6f93")
    route([(566, 590), (885, 500)], "#2f6f93")
    font, small = ImageFont.load_default(30 * s), ImageFont.load_default(21 * s)
    stops = [((333, 390), "A", (110, 330)), ((675, 222), "B", (700, 60)), ((885, 500), "C", (930, 610)), ((566, 590), "D", (560, 660))]
    for (px, py), letter, _ in stops:
        pen.ellipse([(px - 22) * s, (py - 22) * s, (px + 22) * s, (py + 22) * s], fill="#ffffff", outline="#33424a", width=4 * s)
        pen.text((px * s, py * s), letter, fill="#33424a", font=font, anchor="mm")
    for text, place in (("38 min", (545, 318)), ("24 min", (835, 335)), ("29 min", (385, 505)), ("35 min", (745, 595))):
        pen.text((place[0] * s, place[1] * s), text, fill="#44545c", font=small)
    pen.line([(960 * s, 730 * s), (1120 * s, 730 * s)], fill="#33424a", width=4 * s)
    for tick in (960, 1040, 1120):
        pen.line([(tick * s, 720 * s), (tick * s, 740 * s)], fill="#33424a", width=4 * s)
    pen.text((1040 * s, 700 * s), "5 km", fill="#33424a", font=small, anchor="mm")
    image = sheet.resize((width, height), Image.BOX).quantize(32, dither=Image.Dither.NONE)
    save_png(image, SHARED / "ferry-map.png")


def emblem(_rng):
    """The observatory's badge, with true transparency: a sun, its ray, a mirror, and a soft shadow."""
    size = 640
    shadow = mask(size, size, lambda pen, k: pen.ellipse([70 * k, 86 * k, 570 * k, 586 * k], fill=255), 16)
    layers = [("#16324a", lambda pen, k: pen.ellipse([60 * k, 60 * k, 580 * k, 580 * k], fill=255)),
              ("#e9dcc0", lambda pen, k: pen.ellipse([76 * k, 76 * k, 564 * k, 564 * k], outline=255, width=5 * k)),
              ("#f4b942", lambda pen, k: pen.ellipse([180 * k, 150 * k, 290 * k, 260 * k], fill=255))]
    for i in range(12):
        a = i * np.pi / 6
        layers.append(("#f4b942", lambda pen, k, a=a: pen.line([((235 + 70 * np.cos(a)) * k, (205 + 70 * np.sin(a)) * k),
                       ((235 + 92 * np.cos(a)) * k, (205 + 92 * np.sin(a)) * k)], fill=255, width=9 * k)))
    layers += [("#6f8fa0", lambda pen, k: pen.polygon([(311 * k, 420 * k), (329 * k, 420 * k), (352 * k, 520 * k), (288 * k, 520 * k)], fill=255)),
               ("#fbe7a8", lambda pen, k: pen.polygon([(278 * k, 262 * k), (290 * k, 254 * k), (340 * k, 410 * k), (300 * k, 410 * k)], fill=255)),
               ("#fbe7a8", lambda pen, k: pen.polygon([(300 * k, 410 * k), (340 * k, 410 * k), (522 * k, 262 * k), (506 * k, 240 * k)], fill=255)),
               ("#e9dcc0", lambda pen, k: pen.polygon([(188 * k, 376 * k), (452 * k, 424 * k), (446 * k, 458 * k), (182 * k, 410 * k)], fill=255)),
               ("#9cc3cf", lambda pen, k: pen.polygon([(196 * k, 386 * k), (443 * k, 431 * k), (440 * k, 447 * k), (193 * k, 402 * k)], fill=255))]
    colour, alpha = np.zeros((size, size, 3)) + rgb("#0c1a26"), np.round(0.45 * shadow, 2)
    for paint, draw in layers:
        cover = mask(size, size, draw)
        total = cover + alpha * (1 - cover)
        colour = np.where(total[..., None] > 0, (rgb(paint) * cover[..., None] + colour * (alpha * (1 - cover))[..., None]) / np.maximum(total, 1e-6)[..., None], colour)
        alpha = total
    pixels = np.dstack([colour, alpha])
    save_png(Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8), "RGBA"), CONTENT / "notes" / "badge.png")


def chime(_rng):
    """Three notes of a harbour clock, each fading: mono, 8 bit, 11,025 Hz."""
    rate, seconds = 11_025, 3.0
    t = np.arange(int(rate * seconds)) / rate
    sound = np.zeros_like(t)
    for start, pitch in ((0.0, 659.26), (0.55, 523.25), (1.10, 392.00)):
        age = np.clip(t - start, 0, None)
        for partial, loud, fade in ((1, 1.0, 1.9), (2.0, 0.42, 3.0), (2.76, 0.25, 4.2), (5.4, 0.10, 8.0)):
            sound += (t >= start) * loud * np.exp(-fade * age) * np.sin(2 * np.pi * pitch * partial * age) * np.minimum(1, age / 0.004)
    sound *= np.minimum(1, (seconds - t) / 0.3) / np.abs(sound).max()
    path = CONTENT / "晨港日报" / "钟声.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(rate)
        out.writeframes((128 + 118 * sound).astype(np.uint8).tobytes())
    tell(path, f"{seconds:.0f} s")


WORKS = [ferry, hills, observatory, market, lighthouse, library, street, salt, swell, chart, emblem, chime]

if __name__ == "__main__":
    wanted = sys.argv[1:] or [work.__name__ for work in WORKS]
    for number, work in enumerate(WORKS):
        if work.__name__ in wanted:
            work(np.random.default_rng(1917 + number))  # one seed a work: drawing one alone gives the same bytes
