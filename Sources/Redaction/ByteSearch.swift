extension UnsafeBufferPointer<UInt8> {
    /// Whether `expected` stands at `position`; nil when the bytes end before it can be told.
    func has(_ expected: some Collection<UInt8>, at position: Int, isFinal: Bool) -> Bool? {
        var index = position
        for byte in expected {
            guard index < count else { return isFinal ? false : nil }
            guard self[index] == byte else { return false }
            index += 1
        }
        return true
    }

    /// The length of the run of backslashes at `position`, at most ``backslashesMax``.
    func backslashes(at position: Int) -> Int {
        var end = position
        while end < count, end - position < backslashesMax, self[end] == UInt8(ascii: "\\") {
            end += 1
        }
        return end - position
    }

    /// A whole number of escapes at every depth, so that longer runs can be read in parts.
    var backslashesMax: Int { 64 }

    /// A line that begins or ends a PEM block (RFC 7468).
    enum PEMLine {
        case absent, undecided
        case present(end: Int, isPrivateKey: Bool)
    }

    /// The PEM line that starts with `opening` at `position`.
    func pemLine(_ opening: String, at position: Int, isFinal: Bool) -> PEMLine {
        let labelBytesMax = 64
        switch has(opening.utf8, at: position, isFinal: isFinal) {
        case .some(false): return .absent
        case nil: return .undecided
        case .some(true): break
        }
        let start = position + opening.utf8.count
        var end = start
        while end < count, end - start < labelBytesMax,
            ByteClass.capital[Int(self[end])] || self[end] == UInt8(ascii: " ")
        {
            end += 1
        }
        switch has("-----".utf8, at: end, isFinal: isFinal) {
        case .some(false): return .absent
        case nil: return .undecided
        case .some(true): break
        }
        let isPrivateKey = (start..<end).contains {
            has("PRIVATE KEY".utf8, at: $0, isFinal: true) == true
        }
        return .present(end: end + 5, isPrivateKey: isPrivateKey)
    }
}
