internal import Redaction

/// Where the value of a setting came from.
package struct SettingOrigin: Sendable, Hashable, CustomStringConvertible {
    /// The kind of source, highest precedence first.
    package enum Kind: String, Sendable, CaseIterable {
        case argument, environment, credential, environmentFile, file, standard
    }

    package let kind: Kind
    /// The place as a person would look for it, such as `KOMODO_URL in /srv/.env`.
    package let place: String

    package var description: String { place }

    static let standard = SettingOrigin(kind: .standard, place: "default")
}

/// A setting's text as it was found, before it is checked.
struct FoundSetting: Sendable {
    /// Wrapped for every key, so that no dump of settings shows a secret.
    let text: Secret
    let origin: SettingOrigin
}
