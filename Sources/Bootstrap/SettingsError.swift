internal import Redaction

/// Why the settings cannot be used; its message never holds a secret.
package struct SettingsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault.
    package enum Code: Sendable, Hashable {
        case wrongValue, unknownKey, unknownProfile, unreadableFile, malformedFile, missing
    }

    package let code: Code
    /// One or two sentences that name the place and say what to write instead.
    package let message: String

    package var description: String { message }

    /// A value that cannot be used; secrets are not quoted.
    static func wrongValue(
        _ key: SettingKey, _ found: FoundSetting, shown: Bool = true, _ advice: String
    ) -> SettingsError {
        let isShown = shown && !key.isSecret
        let value = isShown ? " is \"\(excerpt(found.text.reveal()))\"" : " cannot be used"
        return SettingsError(
            code: .wrongValue, message: "\(found.origin.place)\(value): \(advice)")
    }

    private static func excerpt(_ text: String) -> String {
        let valueCharactersMax = 80
        let visible = text.unicodeScalars.map { $0.value < 0x20 ? "?" : Character($0) }
        let isLong = visible.count > valueCharactersMax
        return String(visible.prefix(valueCharactersMax)) + (isLong ? "…" : "")
    }
}
