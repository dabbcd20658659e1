/// Masks private keys in logs, and what a cut has left of them.
///
/// That is the last lines of a key, or some lines out of its middle. Lines stay lines.
package enum KeyRemains {
    private static let begin = BytePattern("-----BEGIN ")
    private static let end = BytePattern("-----END ")
    private static let kind = BytePattern("PRIVATE KEY")
    private static let dashes = BytePattern("-----")
    /// Lines of keys are longer.
    private static let lengthMin = 40
    /// From so many characters on one random line is enough.
    private static let lengthMinAlone = 60

    /// `text` with every line of a key replaced.
    ///
    /// - Complexity: O(n) in the bytes of `text`.
    package static func mask(_ text: String) -> String {
        guard text.utf8.count >= lengthMin else { return text }
        let lines = text.utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        ).map { Array($0) }
        let masked = mask(lines)
        guard masked != lines else { return text }
        let bytes = Array(masked.joined(separator: [UInt8(ascii: "\n")]))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The texts of an array as the lines of one text.
    package static func mask(lines: [String]) -> [String] {
        guard !lines.contains(where: { $0.utf8.dropLast().contains(UInt8(ascii: "\n")) }) else {
            return lines.map { mask($0) }
        }
        return mask(lines.map { Array($0.utf8) }).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func mask(_ lines: [[UInt8]]) -> [[UInt8]] {
        let lines = lines.map(maskEscaped)
        var result = lines
        maskRuns(&result)
        // The first line that no end before it accounts for, and where a key began.
        var start = 0
        var opened: Int?
        for (index, line) in lines.enumerated() {
            let began = marker(begin, in: line)
            if let ended = marker(end, in: line) {
                // The redactor knows keys on one line.
                if let began, began.lowerBound < ended.lowerBound {
                    (start, opened) = (index + 1, nil)
                    continue
                }
                let first = opened ?? start
                for hidden in first..<index where !lines[hidden].isEmpty {
                    result[hidden] = replacement
                }
                if let opened, let place = marker(begin, in: lines[opened]) {
                    result[opened] = lines[opened][..<place.lowerBound] + replacement
                }
                result[index] = replacement + line[ended.upperBound...]
                (start, opened) = (index + 1, nil)
            }
            if began != nil { opened = index }
        }
        return result
    }

    /// Masks a key that stands on one line with escaped line breaks, as in JSON.
    private static func maskEscaped(_ line: [UInt8]) -> [UInt8] {
        guard line.count >= lengthMin, line.contains(UInt8(ascii: "\\")) else { return line }
        var (pieces, breaks) = escapedLines(line)
        guard var first = pieces.first, var last = pieces.last, pieces.count > 1 else {
            return line
        }
        // What stands around the key on this line is none of it.
        let head = first.prefix(first.count - first.reversed().prefix { isBase64($0) }.count)
        first.removeFirst(head.count)
        let isEnd = marker(end, in: last) != nil
        let tail = isEnd ? [] : last.dropFirst(last.prefix { isBase64($0) }.count)
        last.removeLast(tail.count)
        pieces[0] = first
        pieces[pieces.count - 1] = last
        let masked = mask(pieces)
        guard masked != pieces else { return line }
        let inner = zip(masked, breaks + [[]]).flatMap { $0 + $1 }
        return head + inner + tail
    }

    /// The lines between escaped breaks, and the breaks.
    private static func escapedLines(_ line: [UInt8]) -> (lines: [[UInt8]], breaks: [[UInt8]]) {
        var lines: [[UInt8]] = []
        var breaks: [[UInt8]] = []
        var (start, index) = (0, 0)
        while index < line.count {
            let slashes = line[index...].prefix { $0 == UInt8(ascii: "\\") }
            index = max(slashes.endIndex, index + 1)
            guard !slashes.isEmpty, slashes.endIndex < line.count,
                "nr".utf8.contains(line[slashes.endIndex])
            else { continue }
            index = slashes.endIndex + 1
            lines.append(Array(line[start..<slashes.startIndex]))
            breaks.append(Array(line[slashes.startIndex..<index]))
            start = index
        }
        return (lines + [Array(line[start...])], breaks)
    }

    private static var replacement: [UInt8] { Array(Redactor.replacement.utf8) }

    /// The place of the mark that begins with `word` and says that the key is a private one.
    private static func marker(_ word: BytePattern, in line: [UInt8]) -> Range<Int>? {
        guard let start = word.first(in: line[...]),
            let name = kind.first(in: line[(start + word.count)...])
        else { return nil }
        let rest = line[(name + kind.count)...]
        return start..<(dashes.first(in: rest).map { $0 + dashes.count } ?? line.count)
    }

    /// Replaces lines of a key that stand together, and the short last one after them.
    private static func maskRuns(_ lines: inout [[UInt8]]) {
        let bodies = lines.map(body)
        var index = 0
        while index < lines.count {
            var next = index
            while next < lines.count, isLong(bodies[next], lines[next]) { next += 1 }
            guard next > index else {
                index += 1
                continue
            }
            if next - index > 1 || isKeyAlone(bodies[index], lines[index]) {
                if next < lines.count, isLast(bodies[next], lines[next]) { next += 1 }
                for line in index..<next {
                    guard let body = bodies[line] else { continue }
                    lines[line] =
                        lines[line][..<body.lowerBound] + replacement
                        + lines[line][body.upperBound...]
                }
            }
            index = next
        }
    }

    private static func isLong(_ body: Range<Int>?, _ line: [UInt8]) -> Bool {
        guard let body, body.count >= lengthMin else { return false }
        // Digests and commits are no keys.
        return !line[body].allSatisfy(isHexadecimal)
    }

    private static func isKeyAlone(_ body: Range<Int>?, _ line: [UInt8]) -> Bool {
        guard let body, body.count >= lengthMinAlone else { return false }
        return LikelySecret.isLikely(String(decoding: line[body], as: UTF8.self))
    }

    private static func isLast(_ body: Range<Int>?, _ line: [UInt8]) -> Bool {
        guard let body, !body.isEmpty else { return false }
        return line[body].last == UInt8(ascii: "=")
            || LikelySecret.isLikely(String(decoding: line[body], as: UTF8.self))
    }

    /// Where base64 stands when it is all that a line has, after a time or the name of a service.
    private static func body(_ line: [UInt8]) -> Range<Int>? {
        var end = line.count
        while end > 0, isAround(line[end - 1]) { end -= 1 }
        var start = end
        while start > 0, isBase64(line[start - 1]) { start -= 1 }
        guard start < end else { return nil }
        var before = start
        while before > 0, isAround(line[before - 1]) { before -= 1 }
        let prefix = line[..<before]
        guard start == 0 || before < start else { return nil }
        let isPlain =
            prefix.last == UInt8(ascii: "|")
            || prefix.split(separator: UInt8(ascii: " ")).allSatisfy {
                guard let first = $0.first else { return true }
                return isDigit(first) || first == UInt8(ascii: "[") || first >= 0x80
            }
        return isPlain ? start..<end : nil
    }

    /// Blanks and what encloses a text in a list.
    private static func isAround(_ byte: UInt8) -> Bool { " \t\r\n\"',".utf8.contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "f")
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"),
            UInt8(ascii: "="):
            true
        default: false
        }
    }
}
