internal import JSON
internal import Redaction

extension Settings {
    private static let handoverSchema: Int64 = 1

    /// These settings as JSON, **secrets included**, for a process this one starts.
    ///
    /// It goes over a file descriptor, never into arguments, the environment or a file.
    /// Shape: `{"schema": 1, "settings": {"<key>": {"value", "kind", "place"}}, "warnings": []}`.
    package func handover() -> String {
        var settings = JSONObject()
        for key in SettingKey.allCases {
            guard let setting = found[key] else { continue }
            settings[key.rawValue] = [
                "value": .string(setting.text.reveal()),
                "kind": .string(setting.origin.kind.rawValue),
                "place": .string(setting.origin.place),
            ]
        }
        let value: JSONValue = [
            "schema": .int(Self.handoverSchema), "settings": .object(settings),
            "warnings": .array(warnings.map { .string($0) }),
        ]
        return value.serialized()
    }

    /// The settings that another process handed over, checked again.
    ///
    /// - Throws: ``SettingsError`` with code `malformedFile` when `text` is no handover.
    package init(handover text: String) throws(SettingsError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text)
        } catch {
            throw Self.malformed
        }
        guard value["schema"]?.int == Self.handoverSchema,
            let members = value["settings"]?.object?.members
        else { throw Self.malformed }
        var found: [SettingKey: FoundSetting] = [:]
        for member in members {
            guard let key = SettingKey(rawValue: member.key),
                let text = member.value["value"]?.string,
                let kind = member.value["kind"]?.string.flatMap(SettingOrigin.Kind.init),
                let place = member.value["place"]?.string
            else { throw Self.malformed }
            found[key] = FoundSetting(
                text: Secret(text), origin: SettingOrigin(kind: kind, place: place))
        }
        let warnings = value["warnings"]?.array?.compactMap(\.string) ?? []
        try self.init(found: found, warnings: warnings)
    }

    private static var malformed: SettingsError {
        SettingsError(
            code: .malformedFile, message: "the settings handed over by the parent are malformed")
    }
}
