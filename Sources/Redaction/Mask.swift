/// How far a secret goes that is being skipped.
indirect enum Mask: Sendable {
    /// So many bytes more, then what is left of the secret they stand in.
    case count(Int, within: Mask?)
    /// All bytes of a set.
    case run([Bool])
    /// A JSON number, after which the quote must be closed that was opened for it.
    case number(closing: [UInt8])
    /// Up to a blank, a quote, or punctuation before a blank.
    case bare
    /// Up to the closing quote or the end of the line.
    case quoted(ValueContext.Quote)
    /// Up to three quotes in a row.
    case triple(UInt8, bytesLeft: Int)
    /// Up to a quote or the end of the line.
    case line
    /// Up to and with the last line of a PEM block, or a quote; then the secret it stands in.
    case pem(bytesLeft: Int, within: Mask?)
    /// Up to the end of the host part of a URL.
    case authority

    /// A PEM block or a text in triple quotes without an end is masked this far.
    static let blockBytesMax = 16_384

    /// Whether a secret ends at a position.
    enum End {
        case undecided
        /// The next bytes, so many, belong to the secret.
        case content(Int)
        /// The next bytes, so many and perhaps none, are its last.
        case last(Int)
        /// A known secret of so many bytes begins here.
        case known(Int)
        /// A private key begins inside it.
        case privateKey
    }

    /// Whether `quote` closes at `position`.
    ///
    /// Before a mark that belongs to the value stand more backslashes than before the mark that
    /// opened it: at depth d, escapes come in groups of 2(d + 1).
    static func quoteEnd(
        _ quote: ValueContext.Quote, _ bytes: UnsafeBufferPointer<UInt8>, at position: Int,
        isFinal: Bool
    ) -> End {
        let byte = bytes.count > position ? bytes[position] : nil
        guard let byte else { return isFinal ? .last(0) : .undecided }
        if byte == quote.mark || byte.isNewline { return .last(0) }
        guard byte == UInt8(ascii: "\\") else { return .content(1) }
        let run = bytes.backslashes(at: position)
        if run == bytes.backslashesMax { return .content(run) }
        let next = position + run
        if next == bytes.count { return isFinal ? .content(run) : .undecided }
        guard bytes[next] == quote.mark else { return .content(run) }
        let rest = run % (2 * (quote.depth + 1))
        guard rest <= quote.depth else { return .content(run + 1) }
        return rest == run ? .last(0) : .content(run - rest)
    }

    /// Whether a value without quotes ends at `position`.
    static func bareEnd(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int, isFinal: Bool
    ) -> End {
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"),
            UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "&"),
            UInt8(ascii: "<"), UInt8(ascii: ">"):
            return .last(0)
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ")"), UInt8(ascii: "}"),
            UInt8(ascii: "]"):
            guard position + 1 < bytes.count else { return isFinal ? .last(0) : .undecided }
            let next = bytes[position + 1]
            return next.isBlank || next.isNewline ? .last(0) : .content(1)
        case UInt8(ascii: "\\"):
            return escapeEnd(bytes, at: position, isFinal: isFinal)
        default:
            return .content(1)
        }
    }

    /// Whether the backslashes at `position` belong to a quote, which is not part of the secret.
    static func escapeEnd(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int, isFinal: Bool
    ) -> End {
        let run = bytes.backslashes(at: position)
        if run == bytes.backslashesMax { return .content(run) }
        let next = position + run
        if next == bytes.count { return isFinal ? .content(run) : .undecided }
        return bytes[next].isQuote ? .last(0) : .content(run)
    }
}
