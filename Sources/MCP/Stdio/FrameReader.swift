/// Cuts a stream of bytes into frames, one JSON text per line.
struct FrameReader {
    /// What was found in the bytes so far.
    enum Found: Hashable {
        case frame([UInt8])
        /// A line longer than the limit has ended, or the input within it; its bytes are gone.
        case oversized
    }

    private let bytesMax: Int
    private var line: [UInt8] = []
    private var isSkipping = false

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Takes the next bytes; empty lines are no frames.
    mutating func take(_ bytes: [UInt8]) -> [Found] {
        var found: [Found] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            keep(rest[..<end])
            if let frame = endLine() { found.append(frame) }
            rest = rest[(end + 1)...]
        }
        keep(rest)
        return found
    }

    /// The frame that the end of the input leaves without its newline.
    mutating func finish() -> Found? { endLine() }

    private mutating func keep(_ part: ArraySlice<UInt8>) {
        guard !isSkipping else { return }
        guard line.count + part.count <= bytesMax else {
            isSkipping = true
            line = []
            return
        }
        line.append(contentsOf: part)
    }

    private mutating func endLine() -> Found? {
        defer {
            line = []
            isSkipping = false
        }
        if isSkipping { return .oversized }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        let isBlank = line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return isBlank ? nil : .frame(line)
    }
}
