internal import Redaction

/// One source of settings: a set of names with texts.
struct SettingsLayer: Sendable {
    let kind: SettingOrigin.Kind
    let values: [String: String]
    /// The names of a key in this source, in order of precedence.
    let names: @Sendable (SettingKey) -> [String]
    /// What is put after a name to mean a file that holds the value.
    let fileSuffix: String
    /// A name as a person would look for it.
    let place: @Sendable (String) -> String
    /// What relative paths in this source are relative to.
    let directory: String
    /// The file this source is, when others may read it.
    var openFile: String?

    /// The text of `key`, from a value or from the file that a value names; empty texts count as
    /// not set.
    func find(
        _ key: SettingKey, warnings: inout [String]
    ) throws(SettingsError) -> FoundSetting? {
        for name in names(key) {
            if let text = values[name], !text.isEmpty {
                if key.isSecret, let openFile {
                    warnings.append(Self.openFileWarning(openFile))
                }
                return FoundSetting(text: Secret(text), origin: origin(name))
            }
            guard key.mayComeFromFile, let path = values[name + fileSuffix], !path.isEmpty else {
                continue
            }
            let origin = origin(name + fileSuffix)
            let text = try Self.content(
                of: Path.absolute(path, in: directory), key, origin.place, &warnings)
            return FoundSetting(text: Secret(text), origin: origin)
        }
        return nil
    }

    private func origin(_ name: String) -> SettingOrigin {
        SettingOrigin(kind: kind, place: place(name))
    }

    /// The text in a file without white space around it.
    static func content(
        of path: String, _ key: SettingKey, _ place: String, _ warnings: inout [String]
    ) throws(SettingsError) -> String {
        let file: SettingsFile
        do {
            file = try SettingsFile(path: path)
        } catch {
            throw SettingsError(
                code: .unreadableFile, message: "\(place) names \(path): \(error.reason)")
        }
        let text = String(
            file.text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }
                .reversed())
        guard !text.isEmpty else {
            throw SettingsError(
                code: .unreadableFile, message: "\(place) names \(path): the file is empty")
        }
        // Docker mounts secrets readable by all inside the container, where that is no fault.
        if key.isSecret, file.isReadableByOthers, !path.hasPrefix("/run/secrets/") {
            warnings.append(openFileWarning(path))
        }
        return text
    }

    private static func openFileWarning(_ path: String) -> String {
        "\(path) holds a secret and other users may read it: run chmod 600 \(path)"
    }
}

/// Paths as texts.
enum Path {
    /// `path` from the root, where `directory` is what it is relative to.
    static func absolute(_ path: String, in directory: String) -> String {
        if path.hasPrefix("/") { return path }
        return directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
    }

    /// The directory that holds `path`.
    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}
