"""Draws a storyboard frame by frame: scenery, weather, bodies, camera, finish.

A frame is a function of the storyboard and its index; the renderer only keeps what the current shot
needs. It knows nothing of sound, files or jobs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from generation.engine.animatic.camera import FRAMINGS, Look, look
from generation.engine.animatic.canvas import Picture, Pixels, Placed, Surface
from generation.engine.animatic.cutout import cut_out, shard, vignette, with_border
from generation.engine.animatic.particles import Particles
from generation.engine.animatic.scenery import Layer, Light, paint_place
from generation.engine.animatic.scenery.water import pool
from generation.engine.animatic.sprites import Sprites, lit
from generation.engine.animatic.stage import Body, Drawn, Measures, Puff, Scene, Track, direct
from generation.engine.animatic.styles import Finish
from generation.engine.animatic.understanding import lexicon
from generation.engine.animatic.weather import Sky
from generation.engine.protocol import Cue
from generation.engine.storyboard import Frame, Setting, Shot, Storyboard, Style, Transition

FADE_SECONDS = 0.5

DUST = {
    Setting.MEADOW: "#d9e6b0",
    Setting.BEACH: "#f7dfae",
    Setting.FOREST: "#cfc49a",
    Setting.CITY: "#c9c6c4",
    Setting.MOUNTAINS: "#d4d9b4",
    Setting.DESERT: "#f3cf94",
    Setting.SNOWFIELD: "#ffffff",
    Setting.UNDERWATER: "#e9d9a8",
    Setting.SPACE: "#c9c6e8",
    Setting.ROOM: "#e6d6c4",
    Setting.SKY: "#ffffff",
    Setting.STAGE: "#e8cba8",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A shot and the frames of the clip that it fills: ``[first, last)``."""

    shot: Shot
    first: int
    last: int


def spans(storyboard: Storyboard) -> list[Span]:
    """Frames of each shot; together they are exactly the clip's frames."""
    fps, seconds, first, out = storyboard.frame.fps, 0.0, 0, []
    for shot in storyboard.shots:
        seconds += shot.seconds
        last = max(first, round(seconds * fps))
        out.append(Span(shot, first, last))
        first = last
    return out


def _has_disc(shot: Shot) -> bool:
    return any(
        subject.drawing.startswith(("sun", "full-moon", "crescent-moon", "ringed-planet"))
        for subject in shot.subjects
    )


@dataclass(frozen=True, slots=True)
class Ground:
    """How design units become pixels in a shot."""

    measures: Measures
    scale: float


def ground_of(frame: Frame, shot: Shot) -> Ground:
    magnify = FRAMINGS[shot.camera.framing]
    scale = min(frame.width, frame.height) / 540 * magnify
    share = 0.775 if frame.height > frame.width else 0.8
    if magnify > 1:
        share += 0.03
    width, height = frame.width / scale, frame.height / scale
    return Ground(Measures(width, height, height * share), scale)


class Director:
    """Directs shots and remembers drawings' outlines; what it gives depends on the storyboard alone."""

    def __init__(self, storyboard: Storyboard, sprites: Sprites) -> None:
        self.storyboard, self.sprites = storyboard, sprites
        self._drawings = lexicon.drawings()

    def drawn(self, drawing: str) -> Drawn:
        return Drawn(self._drawings.get(drawing), self.sprites.outline(drawing))

    def scene(self, index: int, span: Span) -> Scene:
        frame = self.storyboard.frame
        measures = ground_of(frame, span.shot).measures
        return direct(
            span.shot,
            max(1, span.last - span.first),
            frame.fps,
            measures,
            self.drawn,
            f"{self.storyboard.seed}:{index}",
        )

    def cues(self) -> tuple[Cue, ...]:
        """Every sound of the clip in order; times from the start of the clip."""
        fps = self.storyboard.frame.fps
        found = []
        for index, span in enumerate(spans(self.storyboard)):
            start = span.first / fps
            found += [
                Cue(cue.at + start, cue.kind, cue.gain, cue.pan, cue.seconds, cue.size)
                for cue in self.scene(index, span).cues
            ]
        return tuple(found)


class ShotPicture:
    """One shot ready to be drawn at any of its frames."""

    def __init__(
        self, storyboard: Storyboard, index: int, span: Span, scene: Scene, sprites: Sprites, surface: Surface
    ) -> None:
        frame, shot = storyboard.frame, span.shot
        self._frame, self._shot, self._scene, self._surface = frame, shot, scene, surface
        self._style = storyboard.style
        ground = ground_of(frame, shot)
        self._measures, self._scale = ground.measures, ground.scale
        count = max(1, span.last - span.first)
        self._look: Look = look(
            shot.camera.move, count, frame.fps, ground.measures.width, ground.measures.height
        )
        seed = f"{storyboard.seed}:{shot.setting}:{index}"
        size = (ground.measures.width, ground.measures.height, ground.measures.ground)
        place = paint_place(
            shot.setting, shot.time, shot.weather, size, ground.scale, seed, disc=not _has_disc(shot)
        )
        if scene.water:
            pool(place, surf=any(body.deeds[0].verb.value == "surf" for body in scene.bodies))
        self._light: Light = place.light
        layers = (
            [cut_out(layer, ground.scale) for layer in place.layers]
            if self._style is Style.PAPER
            else place.layers
        )
        self._layers = [_LayerPicture(layer) for layer in layers]
        self._sky = Sky(
            shot.weather,
            shot.setting,
            shot.time,
            (frame.width, frame.height),
            ground.scale,
            ground.measures.ground * ground.scale,
            seed,
        )
        self._particles = Particles(place.light, DUST[shot.setting], round(40 * ground.scale))
        self._bodies: list[_BodyPicture] = []
        zoom = float(self._look.zoom.max())
        drawn: dict[tuple[str, str | None, int], Pixels] = {}
        for body, track in zip(scene.bodies, scene.tracks, strict=True):
            self._bodies.append(self._body_picture(body, track, zoom, sprites, drawn))
        self._overlay = Picture(vignette(frame.width, frame.height, place.light))

    def _body_picture(
        self,
        body: Body,
        track: Track,
        zoom: float,
        sprites: Sprites,
        drawn: dict[tuple[str, str | None, int], Pixels],
    ) -> _BodyPicture:
        largest = float((track.scale * np.maximum(1.0, np.maximum(track.wide, track.tall) * 0.95)).max())
        edge = max(6, round(min(900.0, body.edge * self._scale * largest * zoom)))
        key = (body.subject.drawing, body.subject.colour, edge)
        if key not in drawn:
            pixels = sprites.sprite(body.subject.drawing, edge, body.subject.colour).pixels_HWC
            drawn[key] = lit(pixels, self._light.subject, (0, 0, 0, 0))
        pixels = drawn[key]
        for puff in self._scene.puffs:
            if puff.kind == "shard" and puff.body == body.index:
                self._particles.add(f"shard{body.index}:{puff.piece}", shard(pixels, puff.piece))
        border = 0
        if self._style is Style.PAPER:
            border = max(1, round(7 * self._scale))
            pixels = with_border(pixels, border)
        return _BodyPicture(body, track, Picture(pixels), edge, border)

    def draw(self, index: int) -> Pixels:
        """Frame ``index`` of the shot, RGB ``(H, W, 3)`` without the finish."""
        index = min(index, len(self._look.x) - 1)
        if self._style is Style.PAPER:
            index -= index % 2  # cut paper moves on twos
        t = index / self._frame.fps
        rgba = self._surface.draw(self._placed(index, t))
        image = Image.frombuffer("RGBX", (self._frame.width, self._frame.height), rgba, "raw", "RGBX", 0, 1)
        return np.asarray(image.convert("RGB"))

    def _placed(self, index: int, t: float) -> Iterator[Placed]:
        self._particles.begin()
        eye = _Eye(
            x=float(self._look.x[index] + self._scene.follow[index]),
            y=float(self._look.y[index]),
            zoom=float(self._look.zoom[index]),
            scale=self._scale,
            width=self._frame.width,
            height=self._frame.height,
            ground=self._measures.ground * self._scale,
        )
        shift = eye.x * self._scale
        behind = True
        for picture in self._layers:
            if picture.layer.front:
                continue
            if behind and picture.layer.parallax >= 0.55:
                behind = False
                yield from self._sky.back(t, shift)
            yield from picture.place(eye, t)
        if behind:
            yield from self._sky.back(t, shift)
        for body in self._bodies:
            yield from self._shadow(body, index, eye)
        live = [puff for puff in self._scene.puffs if puff.start <= t < puff.start + puff.life]
        yield from self._puffs([puff for puff in live if not puff.front], t, eye)
        for body in sorted(self._bodies, key=lambda each: float(each.track.z[index])):
            yield from body.place(eye, index)
        yield from self._puffs([puff for puff in live if puff.front], t, eye)
        for body in self._bodies:
            yield from self._speech(body, index, eye)
        for picture in self._layers:
            if picture.layer.front:
                yield from picture.place(eye, t)
        yield from self._sky.front(t, shift, self._particles)
        yield Placed(self._overlay, 1, 0, 0, 0, 1, 0)
        yield from self._sky.flash(t)

    def _shadow(self, picture: _BodyPicture, index: int, eye: _Eye) -> Iterator[Placed]:
        track, body = picture.track, picture.body
        lift = max(0.0, float(track.y[index] - track.ground[index]))
        if self._scene.water or (self._shot.setting is Setting.SPACE and lift > 220):
            return
        room = 300.0
        near = max(0.0, 1 - lift / room)
        x, y = eye.at(float(track.x[index]), float(track.ground[index]))
        size = (
            body.width
            * float(track.scale[index])
            * float(track.wide[index])
            * (1.15 + 0.35 * (1 - near))
            * eye.body_scale
        )
        alpha = (0.46 * near**1.5) * float(track.alpha[index]) * (0.7 if self._light.night else 1.0)
        yield from self._particles.place("shadow", x, y + 2 * eye.scale, size, alpha, stretch=0.2)

    def _speech(self, picture: _BodyPicture, index: int, eye: _Eye) -> Iterator[Placed]:
        track, body = picture.track, picture.body
        talk = float(track.talk[index])
        if talk < 0.05:
            return
        x, y = eye.at(float(track.x[index]), float(track.y[index]))
        high = body.height * float(track.scale[index] * track.tall[index]) * eye.body_scale
        wide = body.width * float(track.scale[index]) * eye.body_scale
        size = 92 * eye.scale * (0.8 + 0.2 * talk) * (1 + 0.05 * math.sin(index * 0.9))
        left = max(size * 0.6, min(self._frame.width - size * 0.6, x + wide * 0.42))
        top = max(size * 0.6, min(self._frame.height - size * 0.6, y - high - size * 0.2))
        yield from self._particles.place("talk", left, top, size, talk)

    def _puffs(self, puffs: Sequence[Puff], t: float, eye: _Eye) -> Iterator[Placed]:
        for puff in puffs[-140:]:
            since = t - puff.start
            age = since / puff.life
            x, y = eye.at(puff.x + puff.vx * since, puff.y + puff.vy * since - puff.pull * since * since / 2)
            alpha = puff.alpha * min(1.0, (1 - age) * 2.2)
            turn = puff.turn + puff.spin * since
            size = puff.size * (1 + (puff.swell - 1) * age) * eye.body_scale
            name = puff.kind
            if puff.kind == "shard":
                name = f"shard{puff.body}:{puff.piece}"
                body = self._bodies[puff.body]
                size = body.body.width / 4 * eye.body_scale * 1.2
                yield from self._particles.place(name, x, y, size, min(1.0, (1 - age) * 4), turn)
                continue
            if puff.kind == "confetti":
                name = f"confetti{puff.piece}"
                yield from self._particles.place(
                    name, x, y, size, alpha, turn, 0.3 + 0.7 * abs(math.cos(since * 7 + puff.x))
                )
                continue
            if puff.kind == "zzz":
                x += 7 * eye.body_scale * math.sin(since * 3)
            yield from self._particles.place(name, x, y, size, alpha, turn)

    def free(self) -> None:
        for layer in self._layers:
            layer.free()
        for body in self._bodies:
            body.picture.free()
        self._sky.free()
        self._particles.free()
        self._overlay.free()


@dataclass(frozen=True, slots=True)
class _Eye:
    """The camera at one frame."""

    x: float
    y: float
    zoom: float
    scale: float
    width: int
    height: int
    ground: float

    @property
    def body_scale(self) -> float:
        """Pixels a unit on the bodies' plane."""
        return self.scale * self.zoom

    @property
    def focus(self) -> tuple[float, float]:
        return self.width / 2, self.ground - 0.16 * self.height

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a spot of the bodies' plane is, in pixels."""
        fx, fy = self.focus
        px = self.width / 2 + (x - self.x) * self.scale
        py = self.ground - (y - self.y) * self.scale
        return fx + (px - fx) * self.zoom, fy + (py - fy) * self.zoom


@dataclass
class _BodyPicture:
    body: Body
    track: Track
    picture: Picture
    edge: int
    border: int

    def place(self, eye: _Eye, index: int) -> Iterator[Placed]:
        track, body = self.track, self.body
        alpha = float(track.alpha[index])
        if alpha < 0.02:
            return
        face = float(track.face[index])
        face = math.copysign(max(0.06, abs(face)), face)
        scale = body.edge * float(track.scale[index]) * eye.body_scale / self.edge
        wide, tall = scale * float(track.wide[index]), scale * float(track.tall[index])
        x, y = eye.at(float(track.x[index]), float(track.y[index]))
        ink_h = self.picture.height - 2 * self.border
        y -= ink_h * tall / 2
        angle = math.radians(float(track.turn[index]))
        cos, sin = math.cos(angle), math.sin(angle)
        # Squash is upright whatever the turn: flip first, then turn, then squash.
        a, b = wide * cos * face, -wide * sin
        c, d = tall * sin * face, tall * cos
        half_w, half_h = self.picture.width / 2, self.picture.height / 2
        yield Placed(
            self.picture, a, b, x - a * half_w - b * half_h, c, d, y - c * half_w - d * half_h, alpha
        )


class _LayerPicture:
    """A layer with as many pictures as it may show at once."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self._pictures = [Picture(layer.pixels_HWC)]

    def place(self, eye: _Eye, t: float) -> Iterator[Placed]:
        layer = self.layer
        bob, every, phase = layer.bob
        fx, fy = eye.focus
        zoom = 1 + (eye.zoom - 1) * min(1.0, layer.parallax)
        shift = eye.x * eye.scale * layer.parallax
        up = (
            eye.y * eye.scale * (0.4 + 0.6 * min(1.15, layer.parallax))
            if layer.parallax or eye.y > 0
            else 0.0
        )
        y = layer.y + up + (bob * math.sin((t / every + phase) * math.tau) if bob else 0.0)
        if not layer.period:
            x = layer.x - max(-layer.room, min(layer.room, shift))
            if layer.sway[0]:
                yield self._swayed(x, y, t)
                return
            yield self._at(0, x, y, zoom, fx, fy)
            return
        x = (layer.x - shift + layer.drift * t) % layer.period - layer.period
        number = 0
        reach = (eye.width - fx) / zoom + fx
        start = fx - fx / zoom
        while x < reach:
            if x + layer.period > start:
                yield self._at(number, x, y, zoom, fx, fy)
                number += 1
            x += layer.period

    def _at(self, number: int, x: float, y: float, zoom: float, fx: float, fy: float) -> Placed:
        while number >= len(self._pictures):
            self._pictures.append(self._pictures[0].twin())
        if zoom == 1.0:
            return Placed(self._pictures[number], 1, 0, round(x), 0, 1, round(y))
        return Placed(self._pictures[number], zoom, 0, fx + (x - fx) * zoom, 0, zoom, fy + (y - fy) * zoom)

    def _swayed(self, x: float, y: float, t: float) -> Placed:
        degrees, every, phase = self.layer.sway
        lean = math.tan(math.radians(degrees * math.sin((t / every) * math.tau + phase)))
        return Placed(self._pictures[0], 1, lean, x - lean * y, 0, 1, y)

    def free(self) -> None:
        for picture in self._pictures:
            picture.free()


class Clip:
    """A whole clip: gives any frame, keeping one shot (and the frame it fades from) at a time."""

    def __init__(self, storyboard: Storyboard, sprites: Sprites) -> None:
        self.storyboard = storyboard
        self.spans = spans(storyboard)
        self.director = Director(storyboard, sprites)
        self._sprites = sprites
        frame = storyboard.frame
        self._surface = Surface(frame.width, frame.height)
        self._finish = Finish(storyboard.style, frame.width, frame.height, storyboard.seed)
        self._shot: ShotPicture | None = None
        self._index = -1
        self._before: Pixels | None = None

    @property
    def frame_count(self) -> int:
        return self.spans[-1].last

    def frame(self, number: int) -> Pixels:
        """Frame ``number`` of the clip, RGB ``(H, W, 3)``. Cheapest in order."""
        index = next(i for i, span in enumerate(self.spans) if number < span.last)
        span = self.spans[index]
        shot = self._open(index)
        picture = shot.draw(number - span.first)
        since = number - span.first
        fade = round(FADE_SECONDS * self.storyboard.frame.fps)
        if index and span.shot.transition is Transition.FADE and since < min(fade, span.last - span.first):
            if self._before is None:
                self._before = self._last_of(index - 1)
                shot = self._open(index)
                picture = shot.draw(since)
            share = (since + 1) / (fade + 1)
            share = share * share * (3 - 2 * share)
            picture = np.asarray(Image.blend(Image.fromarray(self._before), Image.fromarray(picture), share))
        else:
            self._before = None
        return self._finish.apply(picture, number)

    def _last_of(self, index: int) -> Pixels:
        span = self.spans[index]
        last_HWC: Pixels = self._open(index).draw(span.last - span.first - 1).copy()
        return last_HWC

    def _open(self, index: int) -> ShotPicture:
        if self._index != index or self._shot is None:
            if self._shot:
                self._shot.free()
            span = self.spans[index]
            scene = self.director.scene(index, span)
            self._shot = ShotPicture(self.storyboard, index, span, scene, self._sprites, self._surface)
            self._index = index
        return self._shot

    def close(self) -> None:
        if self._shot:
            self._shot.free()
            self._shot = None
        self._surface.close()
