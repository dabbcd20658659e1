/// What can be the name of a container or of a service of a stack.
///
/// Core 1.19 puts such names into a shell command as they are, so that one with a space or a
/// semicolon would be split there or run as a command of its own.
package enum DockerName {
    /// Docker's names are host names too.
    private static let bytesMax = 253

    /// What a name may have, for messages.
    package static let expectation = "letters, digits, underscores, dots and hyphens"

    /// Whether Docker takes `name`, and a shell too.
    package static func isValid(_ name: String) -> Bool {
        let isWord = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isWord, let first = name.utf8.first else { return false }
        return first != UInt8(ascii: "-") && first != UInt8(ascii: ".")
            && name.utf8.count <= bytesMax
    }
}
