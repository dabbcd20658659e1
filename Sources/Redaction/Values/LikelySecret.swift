/// Judges settings whose names and values do not follow a known form.
enum LikelySecret {
    /// The last words of names whose values are hidden, beyond those of the redactor.
    private static let words: Set<String> = [
        "key", "salt", "cred", "creds", "signature", "pin", "otp", "seed", "dsn", "pw", "pass",
        "htpasswd",
    ]
    /// How last words end that have another word before it, as in `dbpass`.
    private static let endings = ["pass", "pw"]
    private static let harmlessEndings: Set<String> = ["bypass", "compass", "encompass"]
    /// Last words after `auth` whose values are no secrets.
    private static let harmlessOfAuth: Set<String> = [
        "enabled", "disabled", "url", "uri", "host", "port", "type", "method", "mode", "provider",
        "domain", "realm", "file", "path", "timeout", "ttl", "required",
    ]
    /// Names whose long values are addresses of contents.
    private static let harmlessNames: Set<String> = [
        "image", "digest", "sha", "commit", "revision", "container",
    ]
    /// The digits of an id in Komodo's database.
    private static let idLength = 24
    /// How hashes of passwords begin.
    private static let hashes = ["$apr1$", "$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$argon2"]
    /// Random texts of fewer characters cannot be told from words.
    private static let lengthMin = 20
    /// Of a text with letters of one case alone.
    private static let lengthMinOfWords = 24
    /// The most bytes of a value that are judged; longer ones are texts.
    private static let bytesMax = 8_192

    /// Whether a setting of this name usually is a secret.
    static func isLikelyName(_ name: String) -> Bool {
        var parts = parts(name)
        while parts.count > 1, parts.last?.allSatisfy(\.isNumber) == true { parts.removeLast() }
        guard let last = parts.last, !parts.contains("public") else { return false }
        if parts.contains("auth") { return !harmlessOfAuth.contains(last) }
        return words.contains(last)
            || endings.contains(where: last.hasSuffix) && !harmlessEndings.contains(last)
    }

    /// Whether a value looks random because it names something, as `commit` and `update_id` do.
    static func isHarmless(_ name: String, _ value: String) -> Bool {
        guard let last = parts(name).last else { return false }
        if last == "id" {
            return value.utf8.count == idLength && value.utf8.allSatisfy { $0.isHexadecimal }
        }
        return harmlessNames.contains(last)
    }

    /// Last words of names that mean a secret in any text; the others need a value that looks
    /// random there.
    private static let strongWords: Set<String> = [
        "pw", "pass", "cred", "creds", "otp", "htpasswd", "dsn",
    ]

    /// Whether a name and a value in running text are likely to be those of a secret.
    static func isLikely(name: String, value: String) -> Bool {
        guard isLikelyName(name) else { return false }
        let last = parts(name).last { !$0.allSatisfy(\.isNumber) } ?? ""
        return strongWords.contains(last) || endings.contains(where: last.hasSuffix)
            || isLikely(value)
    }

    /// The words of a name in lower case, also those of `oneName` and `ONEName`.
    private static func parts(_ name: String) -> [String] {
        var parts: [String] = []
        var word = ""
        let characters = Array(name)
        for (index, character) in characters.enumerated() {
            guard character.isLetter || character.isNumber else {
                parts.append(word)
                word = ""
                continue
            }
            if index > 0, character.isUppercase {
                let isNextLower =
                    index + 1 < characters.count && characters[index + 1].isLowercase
                if !characters[index - 1].isUppercase || isNextLower {
                    parts.append(word)
                    word = ""
                }
            }
            word += character.lowercased()
        }
        return (parts + [word]).filter { !$0.isEmpty }
    }

    /// Whether a part of `value` looks random, as keys do and words do not.
    static func isLikely(_ value: String) -> Bool {
        guard value.utf8.count >= lengthMin, value.utf8.count <= bytesMax else { return false }
        if hashes.contains(where: value.contains) { return true }
        let parts = value.utf8.split { !isMember($0) }
        return parts.contains { isRandom(Array($0)) }
    }

    private static func isMember(_ byte: UInt8) -> Bool {
        kind(byte) != .other
    }

    private enum Kind { case lower, upper, digit, other }

    private static func kind(_ byte: UInt8) -> Kind {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): .lower
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): .upper
        case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
        default: .other
        }
    }

    /// Random letters and digits change their kind often, or have digits in many places.
    private static func isRandom(_ part: [UInt8]) -> Bool {
        guard part.count >= lengthMin else { return false }
        let kinds = part.map(kind)
        let used = Set(kinds)
        guard used.count > 1, part.count >= lengthMinOfWords || used.count == 3 else {
            return false
        }
        let changes = zip(kinds, kinds.dropFirst()).count { $0 != $1 }
        let groups = kinds.split { $0 != .digit }.count
        return groups >= 3 || changes * 3 >= part.count
    }
}
