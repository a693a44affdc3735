// The part of Node's Buffer that payload codecs use: bytes with readers of numbers and texts.
"use strict";
globalThis.Buffer = (function () {
  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  function fromHex(text) {
    const bytes = [];
    for (let at = 0; at + 1 < text.length; at += 2) {
      const pair = text.slice(at, at + 2);
      if (!/^[0-9a-fA-F]{2}$/.test(pair)) break;
      bytes.push(parseInt(pair, 16));
    }
    return bytes;
  }

  function fromBase64(text) {
    const bytes = [];
    let bits = 0, held = 0;
    for (const sign of text.replace(/-/g, "+").replace(/_/g, "/")) {
      const value = DIGITS.indexOf(sign);
      if (sign === "=") break;
      if (value < 0) continue;
      held = (held << 6) | value;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        bytes.push((held >> bits) & 255);
      }
    }
    return bytes;
  }

  function toBase64(bytes) {
    let text = "";
    for (let at = 0; at < bytes.length; at += 3) {
      const group = (bytes[at] << 16) | ((bytes[at + 1] || 0) << 8) | (bytes[at + 2] || 0);
      text += DIGITS[group >> 18] + DIGITS[(group >> 12) & 63];
      text += at + 1 < bytes.length ? DIGITS[(group >> 6) & 63] : "=";
      text += at + 2 < bytes.length ? DIGITS[group & 63] : "=";
    }
    return text;
  }

  function fromUtf8(text) {
    const bytes = [];
    for (const sign of text) {
      const code = sign.codePointAt(0);
      if (code < 0x80) bytes.push(code);
      else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
      else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
      else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
    return bytes;
  }

  function toUtf8(bytes) {
    let text = "";
    for (let at = 0; at < bytes.length; ) {
      const first = bytes[at];
      const length = first < 0x80 ? 1 : first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
      let code = length === 1 ? first : first & (0x7f >> length);
      let good = length > 0 && at + length <= bytes.length;
      for (let next = 1; good && next < length; next++) {
        good = (bytes[at + next] & 0xc0) === 0x80;
        code = (code << 6) | (bytes[at + next] & 63);
      }
      text += good ? String.fromCodePoint(code) : "\ufffd";
      at += good ? length : 1;
    }
    return text;
  }

  function encode(text, encoding) {
    switch (String(encoding || "utf8").toLowerCase()) {
      case "hex": return fromHex(text);
      case "base64": case "base64url": return fromBase64(text);
      case "ascii": case "latin1": case "binary": return Array.from(text, (sign) => sign.charCodeAt(0) & 255);
      case "utf8": case "utf-8": return fromUtf8(text);
      default: throw new TypeError("Unknown encoding: " + encoding);
    }
  }

  class Buffer extends Uint8Array {
    static from(source, encoding) {
      const bytes = typeof source === "string" ? encode(source, encoding) : source;
      if (bytes instanceof ArrayBuffer) return new Buffer(bytes);
      const made = new Buffer(bytes.length);
      for (let at = 0; at < bytes.length; at++) made[at] = bytes[at] & 255;
      return made;
    }
    static alloc(size, fill) {
      const made = new Buffer(size);
      return fill === undefined ? made : made.fill(fill);
    }
    static allocUnsafe(size) { return new Buffer(size); }
    static isBuffer(thing) { return thing instanceof Buffer; }
    static byteLength(text, encoding) { return typeof text === "string" ? encode(text, encoding).length : text.byteLength; }
    static concat(list) { return Buffer.from([].concat(...list.map((part) => Array.from(part)))); }

    view(offset, size) {
      if (!(offset >= 0 && offset + size <= this.length)) throw new RangeError("offset " + offset + " is out of range");
      return new DataView(this.buffer, this.byteOffset + offset, size);
    }
    number(offset, size, big, signed) {
      const view = this.view(offset, size);
      let value = 0;
      for (let at = 0; at < size; at++) value = value * 256 + view.getUint8(big ? at : size - 1 - at);
      return signed && value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value;
    }
    put(value, offset, size, big) {
      const view = this.view(offset, size);
      let rest = value < 0 ? value + 2 ** (8 * size) : value;
      for (let at = 0; at < size; at++) {
        view.setUint8(big ? size - 1 - at : at, rest % 256);
        rest = Math.floor(rest / 256);
      }
      return offset + size;
    }
    readUIntBE(offset, size) { return this.number(offset, size, true, false); }
    readUIntLE(offset, size) { return this.number(offset, size, false, false); }
    readIntBE(offset, size) { return this.number(offset, size, true, true); }
    readIntLE(offset, size) { return this.number(offset, size, false, true); }
    writeUIntBE(value, offset, size) { return this.put(value, offset, size, true); }
    writeUIntLE(value, offset, size) { return this.put(value, offset, size, false); }
    writeIntBE(value, offset, size) { return this.put(value, offset, size, true); }
    writeIntLE(value, offset, size) { return this.put(value, offset, size, false); }
    slice(from, to) { return this.subarray(from, to); } // as in Node: the same bytes, not a copy
    equals(other) { return this.length === other.length && this.every((byte, at) => byte === other[at]); }
    copy(target, start = 0, from = 0, to = this.length) {
      const part = this.subarray(from, Math.min(to, from + target.length - start));
      target.set(part, start);
      return part.length;
    }
    write(text, offset = 0, length = this.length - offset, encoding = "utf8") {
      const bytes = encode(text, encoding).slice(0, length);
      this.set(bytes, offset);
      return bytes.length;
    }
    toString(encoding, from = 0, to = this.length) {
      const bytes = this.subarray(from, to);
      switch (String(encoding || "utf8").toLowerCase()) {
        case "hex": return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
        case "base64": return toBase64(bytes);
        case "base64url": return toBase64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
        case "ascii": return Array.from(bytes, (byte) => String.fromCharCode(byte & 127)).join("");
        case "latin1": case "binary": return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
        case "utf8": case "utf-8": return toUtf8(bytes);
        default: throw new TypeError("Unknown encoding: " + encoding);
      }
    }
    toJSON() { return { type: "Buffer", data: Array.from(this) }; }
  }

  const ALIASES = [];
  for (const sign of ["U", ""]) {
    for (const [bits, order] of [[8, ""], [16, "BE"], [16, "LE"], [32, "BE"], [32, "LE"]]) {
      const size = bits / 8, big = order !== "LE";
      ALIASES.push([sign + "Int" + bits + order, size, big, sign === ""]);
      if (sign) ALIASES.push(["Uint" + bits + order, size, big, false]);
    }
  }
  for (const [name, size, big, signed] of ALIASES) {
    Buffer.prototype["read" + name] = function (offset = 0) { return this.number(offset, size, big, signed); };
    Buffer.prototype["write" + name] = function (value, offset = 0) { return this.put(value, offset, size, big); };
  }
  for (const [name, get, set, size] of [
    ["Float", "getFloat32", "setFloat32", 4],
    ["Double", "getFloat64", "setFloat64", 8],
    ["BigInt64", "getBigInt64", "setBigInt64", 8],
    ["BigUInt64", "getBigUint64", "setBigUint64", 8],
  ]) {
    for (const order of ["BE", "LE"]) {
      const little = order === "LE";
      Buffer.prototype["read" + name + order] = function (offset = 0) { return this.view(offset, size)[get](0, little); };
      Buffer.prototype["write" + name + order] = function (value, offset = 0) {
        this.view(offset, size)[set](0, value, little);
        return offset + size;
      };
    }
  }
  return Buffer;
})();
