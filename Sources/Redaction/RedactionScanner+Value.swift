extension RedactionScanner {
    /// Values that are no secret, whatever their name.
    private static let plainValues = ["null", "true", "false", "none", "nil", "undefined"]
    private static let bearerBytesMin = 8
    private static let markupBytesMax = 160

    /// Reads up to the first byte of a value and decides how far the value goes.
    mutating func scanValue(
        _ context: ValueContext, _ bytes: Bytes, from start: Int, isFinal: Bool
    ) -> Step {
        guard let first = valueStart(context, bytes, from: start, isFinal: isFinal) else {
            // The end of this piece: nothing is decided, or nothing follows.
            return isFinal ? finishValue(bytes, start, bytes.count) : .undecided(start)
        }
        guard first - start <= ValueContext.blanksMax + Self.markupBytesMax else {
            return finishValue(bytes, start, first)
        }
        switch extent(context, bytes, at: first, isFinal: isFinal) {
        case .undecided: return .undecided(start)
        case .none(let count): return finishValue(bytes, start, first + count)
        case .masked(let kept, let mask):
            copy(bytes, start..<first + kept)
            beginMask(mask)
            return .advanced(first + kept)
        case .number(let quote):
            // A bare word would make JSON invalid.
            copy(bytes, start..<first)
            let mark = [UInt8](repeating: UInt8(ascii: "\\"), count: quote.depth) + [quote.mark]
            output.append(contentsOf: mark)
            beginMask(.number(closing: mark))
            return .advanced(first)
        }
    }

    private mutating func finishValue(_ bytes: Bytes, _ start: Int, _ end: Int) -> Step {
        copy(bytes, start..<end)
        resumeText()
        return .advanced(end)
    }

    /// Where the value begins, after blanks, colours, an opening tag and a doubled separator; nil
    /// when the bytes end first.
    private func valueStart(
        _ context: ValueContext, _ bytes: Bytes, from start: Int, isFinal: Bool
    ) -> Int? {
        guard start < bytes.count else { return nil }
        var position = start
        let isDoubled = bytes[start] == UInt8(ascii: "=") || bytes[start] == UInt8(ascii: ">")
        if isDoubled, context.separator != UInt8(ascii: " ") { position += 1 }
        let limit = start + ValueContext.blanksMax + Self.markupBytesMax
        while position < bytes.count, position <= limit {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                position += 1
            case 0x1B, UInt8(ascii: "<"):
                guard let next = endOfMarkup(bytes, position) else {
                    return isFinal ? position : nil
                }
                if next == position { return position }
                position = next
            default: return position
            }
        }
        return position < bytes.count ? position : nil
    }

    /// The position after the colour sequence or tag at `position`, `position` itself when it is
    /// none that is surely free of secrets, and nil when the bytes end first.
    private func endOfMarkup(_ bytes: Bytes, _ position: Int) -> Int? {
        let isTag = bytes[position] == UInt8(ascii: "<")
        let members = isTag ? ByteClass.tag : ByteClass.colour
        let closing = isTag ? UInt8(ascii: ">") : UInt8(ascii: "m")
        let limit = position + Self.markupBytesMax
        var index = position + 1
        while index < bytes.count, index < limit {
            if bytes[index] == closing { return index + 1 }
            guard members[Int(bytes[index])] else { return position }
            switch rules.known.match(bytes, at: index, isFinal: false) {
            case .none: index += 1
            case .length: return position
            case .undecided: return nil
            }
        }
        return index < limit ? nil : position
    }

    /// How far a value goes.
    private enum Extent {
        case undecided
        /// There is no secret; so many bytes of the value's beginning are plain.
        case none(Int)
        case masked(kept: Int, Mask)
        case number(ValueContext.Quote)
    }

    private func extent(
        _ context: ValueContext, _ bytes: Bytes, at position: Int, isFinal: Bool
    ) -> Extent {
        if context.kind == .bearer { return bearerExtent(bytes, at: position, isFinal: isFinal) }
        let byte = bytes[position]
        if byte.isNewline { return .none(0) }
        let whole = wholeMask(context)
        if byte == UInt8(ascii: "-") {
            switch bytes.pemLine("-----BEGIN ", at: position, isFinal: isFinal) {
            case .undecided: return .undecided
            case .present(_, isPrivateKey: true): return .masked(kept: 0, whole)
            case .present, .absent: break
            }
            // Another option, not the value of this one.
            if context.separator == UInt8(ascii: " ") { return .none(0) }
        }
        switch rules.known.match(bytes, at: position, isFinal: isFinal) {
        case .undecided: return .undecided
        case .length: return .masked(kept: 0, whole)
        case .none: break
        }
        switch bytes.has(Redactor.replacement.utf8, at: position, isFinal: isFinal) {
        case nil: return .undecided
        case .some(true): return .masked(kept: 0, whole)
        case .some(false): break
        }
        if let quoted = quotedExtent(context, bytes, at: position, isFinal: isFinal) {
            return quoted
        }
        if context.kind == .line || context.enclosing != nil { return .masked(kept: 0, whole) }
        return bareExtent(context, bytes, at: position, isFinal: isFinal)
    }

    private func wholeMask(_ context: ValueContext) -> Mask {
        if context.kind == .line { return .line }
        if let enclosing = context.enclosing { return .quoted(enclosing) }
        return .bare
    }

    private func bearerExtent(_ bytes: Bytes, at position: Int, isFinal: Bool) -> Extent {
        let end = min(position + Self.bearerBytesMin, bytes.count)
        guard (position..<end).allSatisfy({ ByteClass.token[Int(bytes[$0])] }) else {
            return .none(0)
        }
        if end - position == Self.bearerBytesMin {
            return .masked(kept: 0, .run(ByteClass.token))
        }
        return isFinal ? .none(0) : .undecided
    }

    /// The extent of a value that begins with a quotation mark; nil when it does not.
    private func quotedExtent(
        _ context: ValueContext, _ bytes: Bytes, at position: Int, isFinal: Bool
    ) -> Extent? {
        let depth = bytes.backslashes(at: position)
        let content = position + depth + 1
        guard content <= bytes.count else { return isFinal ? nil : .undecided }
        let quote = ValueContext.Quote(mark: bytes[content - 1], depth: depth)
        guard quote.mark.isQuote else { return nil }
        // The text in quotes ends with the separator, as in "Enter the password: ".
        if quote == context.enclosing { return .none(0) }
        let triple = [quote.mark, quote.mark]
        if depth == 0 {
            switch bytes.has(triple, at: content, isFinal: isFinal) {
            case nil: return .undecided
            case .some(true):
                let mask = Mask.triple(quote.mark, bytesLeft: Mask.blockBytesMax)
                return .masked(kept: 3, mask)
            case .some(false): break
            }
        }
        switch Mask.quoteEnd(quote, bytes, at: content, isFinal: isFinal) {
        case .undecided: return .undecided
        case .last: return .none(content - position)
        case .content, .known, .privateKey:
            return .masked(kept: content - position, .quoted(quote))
        }
    }

    private func bareExtent(
        _ context: ValueContext, _ bytes: Bytes, at position: Int, isFinal: Bool
    ) -> Extent {
        let byte = bytes[position]
        let isMapping = context.separator == UInt8(ascii: ":")
        if isMapping, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { return .none(0) }
        for word in Self.plainValues {
            switch bytes.has(word.utf8, at: position, isFinal: isFinal) {
            case .some(false): continue
            case nil: return .undecided
            case .some(true): break
            }
            let next = position + word.utf8.count
            if next == bytes.count { return isFinal ? .none(next - position) : .undecided }
            switch rules.known.match(bytes, at: next, isFinal: isFinal) {
            case .undecided: return .undecided
            case .length: continue
            case .none: break
            }
            let after = bytes[next]
            let isEnd = ",]}&;\"'".utf8.contains(after) || after.isBlank || after.isNewline
            if isEnd { return .none(next - position) }
        }
        if let quote = context.nameQuote, byte.isDigit || byte == UInt8(ascii: "-") {
            return .number(quote)
        }
        switch Mask.bareEnd(bytes, at: position, isFinal: isFinal) {
        case .undecided: return .undecided
        case .last: return .none(0)
        case .content, .known, .privateKey: return .masked(kept: 0, .bare)
        }
    }
}
