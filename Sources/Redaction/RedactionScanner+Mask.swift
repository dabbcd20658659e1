extension RedactionScanner {
    /// Skips the bytes of a secret that was replaced.
    ///
    /// A known secret that begins inside it belongs to it whole, even where it goes further.
    mutating func scanMask(
        _ mask: Mask, _ bytes: Bytes, from start: Int, isFinal: Bool
    ) -> Step {
        var mask = mask
        var position = start
        while position < bytes.count {
            switch inside(mask, bytes, at: position, isFinal: isFinal) {
            case .undecided:
                continueMask(mask)
                return .undecided(position)
            case .content(let length):
                position += length
                mask.consume(length)
            case .known(let length):
                mask = mask.covering(length)
                position += 1
                mask.consume(1)
            case .privateKey:
                mask = .pem(bytesLeft: Mask.blockBytesMax, within: mask)
            case .last(let length):
                position += length
                guard let outer = mask.outer else {
                    endMask(mask)
                    return .advanced(position)
                }
                mask = outer
            }
        }
        if isFinal { endMask(mask) } else { continueMask(mask) }
        return .advanced(position)
    }

    /// Closes what was opened for the replacement and returns to the text.
    mutating func endMask(_ mask: Mask) {
        var mask = mask
        while let outer = mask.outer { mask = outer }
        if case .number(let closing) = mask { output.append(contentsOf: closing) }
        resumeText()
    }

    private func inside(
        _ mask: Mask, _ bytes: Bytes, at position: Int, isFinal: Bool
    ) -> Mask.End {
        if case .count(0, _) = mask { return .last(0) }
        switch rules.known.match(bytes, at: position, isFinal: isFinal) {
        case .undecided: return .undecided
        case .length(let count): return .known(count)
        case .none: break
        }
        if case .count = mask { return .content(1) }
        if bytes[position] == UInt8(ascii: "[") {
            switch bytes.has(Redactor.replacement.utf8, at: position, isFinal: isFinal) {
            case nil: return .undecided
            case .some(true): return .content(Redactor.replacement.utf8.count)
            case .some(false): break
            }
        }
        if bytes[position] == UInt8(ascii: "-"), !mask.isBlock {
            switch bytes.pemLine("-----BEGIN ", at: position, isFinal: isFinal) {
            case .undecided: return .undecided
            case .present(_, isPrivateKey: true): return .privateKey
            case .present, .absent: break
            }
        }
        return mask.end(bytes, at: position, isFinal: isFinal)
    }
}

extension Mask {
    /// The secret this one stands in.
    fileprivate var outer: Mask? {
        switch self {
        case .count(_, let outer), .pem(_, let outer): outer
        case .run, .number, .bare, .quoted, .triple, .line, .authority: nil
        }
    }

    /// The same with a known secret of `length` bytes at its next byte.
    fileprivate func covering(_ length: Int) -> Mask {
        guard case .count(let left, let outer) = self else {
            return .count(length, within: self)
        }
        return .count(max(left, length), within: outer)
    }

    /// Whether a private key inside it needs no care of its own.
    fileprivate var isBlock: Bool {
        switch self {
        case .pem, .count, .triple: true
        case .run, .number, .bare, .quoted, .line, .authority: false
        }
    }

    /// Notes that `count` bytes were skipped.
    fileprivate mutating func consume(_ count: Int) {
        switch self {
        case .count(let left, let outer): self = .count(left - count, within: outer)
        case .triple(let mark, let left): self = .triple(mark, bytesLeft: left - count)
        case .pem(let left, let outer): self = .pem(bytesLeft: left - count, within: outer)
        case .run, .number, .bare, .quoted, .line, .authority: break
        }
    }

    fileprivate func end(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int, isFinal: Bool
    ) -> End {
        let byte = bytes[position]
        switch self {
        case .count: return .content(1)
        case .run(let members): return members[Int(byte)] ? .content(1) : .last(0)
        case .number: return ByteClass.number[Int(byte)] ? .content(1) : .last(0)
        case .bare: return Mask.bareEnd(bytes, at: position, isFinal: isFinal)
        case .quoted(let quote):
            return Mask.quoteEnd(quote, bytes, at: position, isFinal: isFinal)
        case .triple(let mark, let left):
            if Self.isSpent(left, byte) { return .last(0) }
            guard byte == mark else { return .content(1) }
            switch bytes.has([mark, mark, mark], at: position, isFinal: isFinal) {
            case nil: return .undecided
            case .some(let isClosing): return isClosing ? .last(0) : .content(1)
            }
        case .line:
            if byte.isNewline || byte.isQuote { return .last(0) }
            guard byte == UInt8(ascii: "\\") else { return .content(1) }
            return Mask.escapeEnd(bytes, at: position, isFinal: isFinal)
        case .pem(let left, _):
            return Self.isSpent(left, byte)
                ? .last(0) : Self.pemEnd(bytes, at: position, isFinal: isFinal)
        case .authority: return ByteClass.authorityEnd[Int(byte)] ? .last(0) : .content(1)
        }
    }

    /// Whether a block is over its limit, at the first byte of a character.
    private static func isSpent(_ left: Int, _ byte: UInt8) -> Bool {
        left <= 0 && byte & 0xC0 != 0x80
    }

    private static func pemEnd(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int, isFinal: Bool
    ) -> End {
        switch bytes[position] {
        case UInt8(ascii: "\""): return .last(0)
        case UInt8(ascii: "\\"): return Mask.escapeEnd(bytes, at: position, isFinal: isFinal)
        case UInt8(ascii: "-"):
            switch bytes.pemLine("-----END ", at: position, isFinal: isFinal) {
            case .absent: return .content(1)
            case .undecided: return .undecided
            case .present(let end, _): return .last(end - position)
            }
        default: return .content(1)
        }
    }
}
