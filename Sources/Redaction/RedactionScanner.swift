/// The one pass over a text that finds and masks secrets.
///
/// It reads bytes from left to right and writes the result to ``output``. Whether something is a
/// secret depends on what was written before it and on a bounded look ahead, never on how the text
/// was cut into pieces; where the look ahead meets the end of a piece, the scanner stops there and
/// is asked again. Looking back at the *output* makes masking idempotent.
struct RedactionScanner: Sendable {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    /// How far any rule but a known secret looks ahead, in bytes.
    static let lookaheadMax = 1_024
    /// How far any rule looks back, in bytes.
    static let lookbackMax = 512
    /// A user part of a URL at least this long is a token, not a name.
    private static let userinfoTokenMin = 20

    /// What the next byte belongs to.
    enum Mode {
        case text
        /// A secret name and its separator were written; the value is to come.
        case value(ValueContext)
        /// A secret was replaced; its bytes are to be skipped.
        case mask(Mask)
    }

    /// How far a step came.
    enum Step {
        case advanced(Int)
        /// More text is needed to decide what is at this position.
        case undecided(Int)
    }

    let rules: RedactionRules
    var output: [UInt8] = []
    var hasMasked = false
    private var mode = Mode.text
    private var takenCount = 0
    /// Whether `--` was seen since the last space, so that an option may end at the next one.
    private var hasOption = false

    init(rules: RedactionRules) {
        self.rules = rules
    }

    /// Reads `bytes` as far as it can be decided and answers how many were consumed.
    ///
    /// - Parameter isFinal: Whether the text ends here, in which case all is consumed.
    mutating func scan(_ bytes: Bytes, isFinal: Bool) -> Int {
        var position = 0
        // Every step either advances or leaves `.value`, which no step re-enters on the spot.
        while position < bytes.count {
            let step =
                switch mode {
                case .text: scanText(bytes, from: position, isFinal: isFinal)
                case .value(let context):
                    scanValue(context, bytes, from: position, isFinal: isFinal)
                case .mask(let mask): scanMask(mask, bytes, from: position, isFinal: isFinal)
                }
            switch step {
            case .advanced(let next): position = next
            case .undecided(let next): return next
            }
        }
        if isFinal, case .mask(let mask) = mode { endMask(mask) }
        return position
    }

    /// Prepares for another text.
    mutating func reset() {
        self = RedactionScanner(rules: rules)
    }

    /// The output since the last call; enough of it stays for looking back.
    mutating func takeOutput() -> String {
        let fresh = String(decoding: output[takenCount...], as: UTF8.self)
        if output.count > Self.lookbackMax {
            output.removeFirst(output.count - Self.lookbackMax)
        }
        takenCount = output.count
        return fresh
    }

    // MARK: Modes

    mutating func resumeText() {
        mode = .text
    }

    mutating func beginMask(_ mask: Mask) {
        output.append(contentsOf: Redactor.replacement.utf8)
        hasMasked = true
        mode = .mask(mask)
    }

    mutating func continueMask(_ mask: Mask) {
        mode = .mask(mask)
    }

    mutating func copy(_ bytes: Bytes, _ range: Range<Int>) {
        output.append(contentsOf: Bytes(rebasing: bytes[range]))
    }

    // MARK: Text

    private mutating func scanText(_ bytes: Bytes, from start: Int, isFinal: Bool) -> Step {
        var runStart = start
        var position = start
        let stops = rules.stops
        while position < bytes.count {
            let byte = bytes[position]
            guard stops[Int(byte)] else {
                position += 1
                continue
            }
            let previous = position > runStart ? bytes[position - 1] : output.last
            let place = Place(bytes: bytes, runStart: runStart, position: position)
            switch look(place, previous: previous, isFinal: isFinal) {
            case .plain(let count):
                position += count
            case .undecided:
                copy(bytes, runStart..<position)
                return .undecided(position)
            case .mask(let kept, let mask):
                copy(bytes, runStart..<position + kept)
                beginMask(mask)
                return .advanced(position + kept)
            case .separator:
                position += 1
                copy(bytes, runStart..<position)
                runStart = position
                if let context = ValueContext(after: output) {
                    mode = .value(context)
                    return .advanced(position)
                }
            case .bearer:
                position += 1
                copy(bytes, runStart..<position)
                runStart = position
                mode = .value(ValueContext(bearerAfter: output))
                return .advanced(position)
            }
        }
        copy(bytes, runStart..<position)
        return .advanced(position)
    }

    /// What a byte of the text begins.
    private enum Finding {
        case plain(Int)
        case undecided
        /// A secret, after so many bytes that stay.
        case mask(kept: Int, Mask)
        /// This byte may separate a name from a value.
        case separator
        /// This space follows the word `Bearer`.
        case bearer
    }

    /// A byte of the text, with the bytes since `runStart` not yet in the output.
    private struct Place {
        let bytes: Bytes
        let runStart: Int
        let position: Int
    }

    private mutating func look(_ place: Place, previous: UInt8?, isFinal: Bool) -> Finding {
        let bytes = place.bytes
        let position = place.position
        let byte = bytes[position]
        if byte == UInt8(ascii: "[") {
            switch bytes.has(Redactor.replacement.utf8, at: position, isFinal: isFinal) {
            case .some(true): return .plain(Redactor.replacement.utf8.count)
            case .some(false): break
            case nil: return .undecided
            }
        }
        switch rules.known.match(bytes, at: position, isFinal: isFinal) {
        case .length(let count): return .mask(kept: 0, .count(count, within: nil))
        case .undecided: return .undecided
        case .none: break
        }
        switch byte {
        case UInt8(ascii: "="): return .separator
        case UInt8(ascii: ":"): return lookAtURL(bytes, at: position, previous, isFinal: isFinal)
        case UInt8(ascii: " "):
            if hasOption {
                hasOption = false
                return .separator
            }
            let endsInR = previous == UInt8(ascii: "r") || previous == UInt8(ascii: "R")
            return endsInR && endsInBearer(place) ? .bearer : .plain(1)
        case UInt8(ascii: "-"):
            if previous == byte { hasOption = true }
            return lookAtPEM(bytes, at: position, isFinal: isFinal)
        default:
            if let previous, ByteClass.word[Int(previous)] { return .plain(1) }
            return lookAtToken(bytes, at: position, isFinal: isFinal)
        }
    }

    /// Whether the word before `place` is `Bearer`.
    private func endsInBearer(_ place: Place) -> Bool {
        var distance = 1
        for letter in "reraeb".utf8 {
            guard byte(before: place, distance)?.lowercased == letter else { return false }
            distance += 1
        }
        guard let before = byte(before: place, distance) else { return true }
        return !ByteClass.word[Int(before)]
    }

    private func byte(before place: Place, _ distance: Int) -> UInt8? {
        let index = place.position - distance
        if index >= place.runStart { return place.bytes[index] }
        let written = output.count - (place.runStart - index)
        return output.indices.contains(written) ? output[written] : nil
    }

    private func lookAtToken(_ bytes: Bytes, at position: Int, isFinal: Bool) -> Finding {
        for prefix in TokenPrefix.byFirstByte[Int(bytes[position])] {
            switch bytes.has(prefix.bytes, at: position, isFinal: isFinal) {
            case .some(false): continue
            case nil: return .undecided
            case .some(true): break
            }
            let start = position + prefix.bytes.count
            let end = min(start + prefix.countMin, bytes.count)
            guard (start..<end).allSatisfy({ prefix.members[Int(bytes[$0])] }) else { continue }
            if end - start == prefix.countMin {
                return .mask(kept: 0, .run(prefix.tail))
            }
            if !isFinal { return .undecided }
        }
        return .plain(1)
    }

    private func lookAtPEM(_ bytes: Bytes, at position: Int, isFinal: Bool) -> Finding {
        switch bytes.pemLine("-----BEGIN ", at: position, isFinal: isFinal) {
        case .absent: .plain(1)
        case .undecided: .undecided
        case .present(let end, let isPrivateKey):
            isPrivateKey
                ? .mask(kept: 0, .pem(bytesLeft: Mask.blockBytesMax, within: nil))
                : .plain(end - position)
        }
    }

    /// The user part of a URL whose scheme ends at `position`.
    private func lookAtURL(
        _ bytes: Bytes, at position: Int, _ previous: UInt8?, isFinal: Bool
    ) -> Finding {
        guard let previous, ByteClass.alphanumeric[Int(previous)] else { return .separator }
        switch bytes.has("://".utf8, at: position, isFinal: isFinal) {
        case .some(false): return .separator
        case nil: return .undecided
        case .some(true): break
        }
        let start = position + 3
        let limit = start + Self.lookaheadMax / 2
        var end = start
        var colon: Int?
        var at: Int?
        var hasKnown = false
        while end < bytes.count, end < limit, !ByteClass.authorityEnd[Int(bytes[end])] {
            switch rules.known.match(bytes, at: end, isFinal: isFinal) {
            case .undecided: return .undecided
            case .length(let count):
                if colon == nil, at == nil { hasKnown = true }
                end += count
                continue
            case .none: break
            }
            if bytes[end] == UInt8(ascii: "-") {
                switch bytes.pemLine("-----BEGIN ", at: end, isFinal: isFinal) {
                case .undecided: return .undecided
                case .present(_, isPrivateKey: true): return .mask(kept: 3, .authority)
                case .present, .absent: break
                }
            }
            if bytes[end] == UInt8(ascii: ":"), colon == nil, at == nil { colon = end }
            if bytes[end] == UInt8(ascii: "@") { at = end }
            end += 1
        }
        if end >= limit { return .mask(kept: 3, .authority) }
        if end >= bytes.count, !isFinal { return .undecided }
        guard let at, at > start else { return .plain(3) }
        let userEnd = colon ?? at
        if hasKnown || userEnd - start >= Self.userinfoTokenMin {
            return .mask(kept: 3, .count(at - start, within: nil))
        }
        guard let colon, at > colon + 1 else { return .plain(3) }
        return .mask(kept: colon + 1 - position, .count(at - colon - 1, within: nil))
    }
}
