/// Judges whether the name of a setting, header or option means that its value is a secret.
enum SecretName {
    /// What the value after a name is.
    enum Kind: Equatable {
        /// One value: a word or a quoted text.
        case value
        /// A header whose secret is the rest of the line.
        case line
    }

    /// Words that make a name secret, without separators, in lower case.
    ///
    /// A word of the name must end with one, or go on as one of ``endings``.
    private static let stems: [[UInt8]] = [
        "password", "passwd", "passphrase", "passkey", "passcode", "pwd", "secret", "token",
        "apikey", "privatekey", "accesskey", "secretkey", "encryptionkey", "signingkey",
        "masterkey", "accountkey", "storagekey", "sshkey", "deploykey", "credential", "jwt",
    ].map { Array($0.utf8) }

    /// What may follow a stem within its word.
    private static let endings: [[UInt8]] = ["s", "key", "value"].map { Array($0.utf8) }

    /// Last words that say the value is about a secret, not one itself.
    private static let harmless: [[UInt8]] = [
        "file", "path", "name", "type", "ttl", "length", "count", "policy", "enabled", "expiry",
        "expires", "url", "uri",
    ].map { Array($0.utf8) }

    /// Names that say where the next page of a list begins.
    private static let cursors: [[UInt8]] = ["pagetoken", "nextpagetoken"].map {
        Array($0.utf8)
    }

    private static let lineHeaders: [[UInt8]] = [
        "authorization", "proxyauthorization", "cookie", "setcookie",
    ].map { Array($0.utf8) }

    /// What the value after `name` is; nil when it is nothing secret.
    ///
    /// - Parameters:
    ///   - name: Letters, digits, `_`, `-` and `.`, as written.
    ///   - isQuoted: Whether the name stood in quotes of its own, as in JSON.
    static func kind(of name: ArraySlice<UInt8>, isQuoted: Bool) -> Kind? {
        guard name.count >= 3, name.contains(where: \.isLetter) else { return nil }
        var letters: [UInt8] = []
        letters.reserveCapacity(name.count)
        // The positions in `letters` where a word of the name begins.
        var wordStart = 0
        var isBoundary = [Bool](repeating: false, count: name.count + 1)
        for byte in name {
            if ByteClass.alphanumeric[Int(byte)] {
                letters.append(byte.lowercased)
            } else {
                isBoundary[letters.count] = true
                wordStart = letters.count
            }
        }
        isBoundary[0] = true
        isBoundary[letters.count] = true
        if lineHeaders.contains(letters) { return .line }
        if cursors.contains(letters) { return nil }
        let lastWord = letters[min(wordStart, letters.count)...]
        if harmless.contains(where: { lastWord.elementsEqual($0) }) { return nil }
        if isShortSecret(lastWord, name: name, isQuoted: isQuoted) { return .value }
        // The working directory, not a password.
        if name.elementsEqual("PWD".utf8) || name.elementsEqual("OLDPWD".utf8) { return nil }
        return containsStem(letters, isBoundary) ? .value : nil
    }

    /// `pass` and `auth` are too common inside other words to be stems.
    private static func isShortSecret(
        _ word: ArraySlice<UInt8>, name: ArraySlice<UInt8>, isQuoted: Bool
    ) -> Bool {
        if word.elementsEqual("pass".utf8) { return true }
        guard word.elementsEqual("auth".utf8) else { return false }
        return name.count == 4 ? isQuoted : name.first == UInt8(ascii: "_")
    }

    private static func containsStem(_ letters: [UInt8], _ isBoundary: [Bool]) -> Bool {
        for start in letters.indices {
            let first = letters[start]
            for stem in stems where stem[0] == first && letters[start...].starts(with: stem) {
                let end = start + stem.count
                if isBoundary[end] || letters[end].isDigit { return true }
                for ending in endings where letters[end...].starts(with: ending) {
                    // `tokens` is a count.
                    let isCount = ending == [UInt8(ascii: "s")] && stem.first == UInt8(ascii: "t")
                    if isBoundary[end + ending.count], !isCount { return true }
                }
            }
        }
        return false
    }
}
