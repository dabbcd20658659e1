internal import Redaction

/// One line of the table of settings.
package struct SettingExplanation: Sendable, Hashable {
    package let key: SettingKey
    /// The value as text, secrets masked; nil when it is not set.
    package let value: String?
    /// Where the value came from, or `not set`.
    package let source: String
}

extension Settings {
    /// Every setting with its value, secrets masked, and where it came from.
    package func explain() -> [SettingExplanation] {
        SettingKey.allCases.map { key in
            guard let setting = found[key] else { return absent(key) }
            return SettingExplanation(
                key: key, value: shown(key, setting), source: setting.origin.place)
        }
    }

    private func shown(_ key: SettingKey, _ setting: FoundSetting) -> String {
        if key.isSecret { return Redactor.replacement }
        if key == .url, let url { return url }
        return redactor.redact(setting.text.reveal())
    }

    /// What follows from other settings.
    private func absent(_ key: SettingKey) -> SettingExplanation {
        switch key {
        case .instance where instance != nil:
            SettingExplanation(key: key, value: instance, source: "url")
        case .rateBurst:
            SettingExplanation(key: key, value: String(rateBurst), source: "twice the rate limit")
        default:
            SettingExplanation(key: key, value: nil, source: "not set")
        }
    }
}
