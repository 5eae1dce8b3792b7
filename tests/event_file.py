"""Reads TensorBoard event files by their published record format alone: no code of laconic's, no protobuf library.

A record: length (8 bytes), masked CRC-32C of it, the message, masked CRC-32C of that. ValueError at the first wrong one.
"""

import pathlib
import struct

_TABLE = []
for _byte in range(256):
    for _ in range(8):
        _byte = _byte >> 1 ^ (0x82F63B78 if _byte & 1 else 0)
    _TABLE.append(_byte)


def masked_crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    at = 0
    while at < len(data):
        (length,), (check,) = struct.unpack_from("<Q", data, at), struct.unpack_from("<I", data, at + 8)
        if check != masked_crc32c(data[at : at + 8]):
            raise ValueError("checksum of a length")
        body = data[at + 12 : at + 12 + length]
        if struct.unpack_from("<I", data, at + 12 + length)[0] != masked_crc32c(body):
            raise ValueError("checksum of a record")
        yield body
        at += 16 + length


def fields(message):
    """(number, value) of a protobuf message: integers of varints, bytes of the rest."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        key = varint()
        number, kind = key >> 3, key & 7
        if kind == 0:
            value = varint()
        else:
            size = {1: 8, 5: 4}.get(kind) or varint()
            value = message[at : at + size]
            at += size
        yield number, value


def scalars(run):
    """{tag: {step: (seconds since 1970, value)}} of a run folder; what a later start made void is left out."""
    found = {}
    for path in sorted(pathlib.Path(run, "tensorboard").glob("events.out.tfevents.*")):
        for number, body in enumerate(records(path.read_bytes())):
            event = dict(fields(body))
            step = event.get(2, 0)
            if number == 0 and event[3] != b"brain.Event:2":
                raise ValueError(f"{path}: version {event[3]}")
            if 7 in event:  # a start: what older files say of this step and later ones is void
                found = {tag: {s: v for s, v in values.items() if s < step} for tag, values in found.items()}
            if 5 in event:
                value = dict(fields(dict(fields(event[5]))[1]))
                if 2 not in value:  # a text, or hyperparameters
                    continue
                tag = value[1].decode()
                if step in found.setdefault(tag, {}):
                    raise ValueError(f"{tag} says step {step} twice")
                found[tag][step] = (struct.unpack("<d", event[1])[0], struct.unpack("<f", value[2])[0])
    return found
