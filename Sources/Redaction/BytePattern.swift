/// A word that is searched for in bytes, by the method of Horspool: most bytes are not looked at.
struct BytePattern: Sendable {
    let word: [UInt8]
    /// How far to go on, by the byte that stands where the word would end.
    private let skips: [Int]

    /// - Precondition: `word` is not empty.
    init(_ word: String) {
        let bytes = Array(word.utf8)
        precondition(!bytes.isEmpty, "a word has letters")
        var skips = [Int](repeating: bytes.count, count: 256)
        for (index, byte) in bytes.dropLast().enumerated() {
            skips[Int(byte)] = bytes.count - 1 - index
        }
        self.word = bytes
        self.skips = skips
    }

    var count: Int { word.count }

    /// Where the word stands first.
    func first(in bytes: ArraySlice<UInt8>) -> Int? {
        let last = word.count - 1
        var index = bytes.startIndex + last
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == word[last], bytes[(index - last)...].starts(with: word) {
                return index - last
            }
            index += skips[Int(byte)]
        }
        return nil
    }
}
