/// The public name of a job: `job_<operation>_<26 characters>`.
///
/// The 26 characters are Crockford base32: 9 of time in milliseconds, then 17 random ones (85 bits),
/// so that ids sort by age and cannot be guessed. The database stores only those 26.
package struct JobID: Sendable, Hashable {
    package let operation: JobOperation
    /// The 26 characters, in upper case.
    package let token: String

    package static let tokenLength = 26
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The id of a stored job.
    package init(operation: JobOperation, token: String) {
        self.operation = operation
        self.token = token
    }

    /// A new id.
    ///
    /// - Parameter random: 85 random bits are taken from these two words.
    package init(operation: JobOperation, at moment: Timestamp, random: (UInt64, UInt64)) {
        var characters: [UInt8] = []
        characters.reserveCapacity(Self.tokenLength)
        let time = UInt64(max(0, moment.milliseconds))
        for position in (0..<9).reversed() {
            characters.append(Self.alphabet[Int(time >> (5 * UInt64(position)) & 31)])
        }
        for position in 0..<12 {
            characters.append(Self.alphabet[Int(random.0 >> (5 * UInt64(position)) & 31)])
        }
        for position in 0..<5 {
            characters.append(Self.alphabet[Int(random.1 >> (5 * UInt64(position)) & 31)])
        }
        self.init(operation: operation, token: String(decoding: characters, as: UTF8.self))
    }

    /// Reads a whole id; nil when the text is not one.
    package init?(_ text: String) {
        // Other letters than ASCII's may turn into these when they are made capitals.
        guard text.utf8.allSatisfy({ $0 < 0x80 }), text.hasPrefix("job_"),
            let separator = text.lastIndex(of: "_")
        else { return nil }
        let token = text[text.index(after: separator)...].uppercased()
        let start = text.index(text.startIndex, offsetBy: 4)
        guard start < separator,
            let operation = JobOperation(idWord: String(text[start..<separator])),
            Self.isToken(token)
        else { return nil }
        self.init(operation: operation, token: token)
    }

    /// The ending that tables show.
    package var ending: String { String(token.suffix(8)) }

    /// Whether `text` consists of characters that tokens are made of.
    package static func isTokenText(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { alphabet.contains($0) }
    }

    private static func isToken(_ text: String) -> Bool {
        text.utf8.count == tokenLength && isTokenText(text)
    }
}

extension JobID: CustomStringConvertible {
    package var description: String { "job_\(operation.idWord)_\(token)" }
}
