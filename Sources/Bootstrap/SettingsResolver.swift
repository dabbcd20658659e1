internal import Redaction

/// Finds the text of every setting: arguments, environment, credentials, `.env`, the file's
/// profile, the file, default.
struct SettingsResolver {
    private let arguments: [String: String]
    private let environment: [String: String]
    private let currentDirectory: String
    private let systemDirectory: String

    private(set) var found: [SettingKey: FoundSetting] = [:]
    private(set) var warnings: [String] = []

    /// Resolves at once; see ``Settings/load(arguments:environment:currentDirectory:systemDirectory:)``.
    init(
        arguments: [String: String], environment: [String: String], currentDirectory: String,
        systemDirectory: String
    ) throws(SettingsError) {
        self.arguments = arguments
        self.environment = environment
        self.currentDirectory = currentDirectory
        self.systemDirectory = systemDirectory
        try resolve()
    }

    private mutating func resolve() throws(SettingsError) {
        let argumentLayer = try argumentLayer()
        let environmentLayer = environmentLayer()
        let dotEnvLayer = dotEnvLayer()
        let outer = [argumentLayer, environmentLayer] + (dotEnvLayer.map { [$0] } ?? [])
        let config = try find(.config, in: outer)
        let file = try configurationFile(config)
        let profile = try find(.profile, in: outer) ?? defaultProfile(of: file)
        let profileLayer = try profileLayer(profile, of: file)
        let inner = [profileLayer, file.map { fileLayer($0, $0.common, profile: nil) }]
            .compactMap { $0 }
        for key in SettingKey.allCases where key != .config && key != .profile {
            found[key] = try value(of: key, outer: outer, inner: inner)
        }
        found[.config] =
            config
            ?? file.map {
                FoundSetting(
                    text: Secret($0.path), origin: SettingOrigin(kind: .standard, place: "found"))
            }
        found[.profile] = profile
        found[.jobsDB] = found[.jobsDB] ?? standardDatabase()
        warnAboutProfile(profile, profileLayer)
        warnAboutMixedSources()
        var seen: Set<String> = []
        warnings = warnings.filter { seen.insert($0).inserted }
    }

    private mutating func value(
        of key: SettingKey, outer: [SettingsLayer], inner: [SettingsLayer]
    ) throws(SettingsError) -> FoundSetting? {
        let explicit = outer.filter { $0.kind != .environmentFile }
        if let setting = try find(key, in: explicit) { return setting }
        if let setting = try credential(key) { return setting }
        let files = outer.filter { $0.kind == .environmentFile } + inner
        if let setting = try find(key, in: files) { return setting }
        return key.standard.map { FoundSetting(text: Secret($0), origin: .standard) }
    }

    private mutating func find(
        _ key: SettingKey, in layers: [SettingsLayer]
    ) throws(SettingsError) -> FoundSetting? {
        for layer in layers {
            guard var setting = try layer.find(key, warnings: &warnings) else { continue }
            if [.config, .jobsDB, .caFile].contains(key) {
                let path = expand(setting.text.reveal())
                setting = FoundSetting(
                    text: Secret(Path.absolute(path, in: layer.directory)), origin: setting.origin)
            }
            return setting
        }
        return nil
    }

    private func expand(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = environment["HOME"] else { return path }
        return home + path.dropFirst()
    }

    // MARK: Layers

    private func argumentLayer() throws(SettingsError) -> SettingsLayer {
        var values: [String: String] = [:]
        let names = SettingKey.allCases.flatMap { key in
            key.argumentNames + (key.mayComeFromFile ? key.argumentNames.map { $0 + "-file" } : [])
        }
        for (name, value) in arguments {
            let bare = String(name.drop { $0 == "-" }.map { $0 == "_" ? "-" : $0 })
            guard names.contains(bare) else {
                throw SettingsError(code: .unknownKey, message: "--\(bare) is no setting")
            }
            values[bare] = value
        }
        return SettingsLayer(
            kind: .argument, values: values, names: { $0.argumentNames }, fileSuffix: "-file",
            place: { "--\($0)" }, directory: currentDirectory)
    }

    private func environmentLayer() -> SettingsLayer {
        SettingsLayer(
            kind: .environment, values: environment, names: { $0.environmentNames },
            fileSuffix: "_FILE", place: { $0 }, directory: currentDirectory)
    }

    private mutating func dotEnvLayer() -> SettingsLayer? {
        let path = Path.absolute(".env", in: currentDirectory)
        guard let file = readIfPresent(path) else { return nil }
        return SettingsLayer(
            kind: .environmentFile, values: EnvironmentFile.parse(file.text),
            names: { $0.environmentNames }, fileSuffix: "_FILE", place: { "\($0) in \(path)" },
            directory: currentDirectory, openFile: file.isReadableByOthers ? path : nil)
    }

    /// A file that was not asked for: when it cannot be read, that is no error.
    private mutating func readIfPresent(_ path: String) -> SettingsFile? {
        do {
            return try SettingsFile(path: path)
        } catch .missing, .directory {
            return nil
        } catch {
            warnings.append("\(path) is left out: \(error.reason)")
            return nil
        }
    }

    private func fileLayer(
        _ file: ConfigurationFile, _ values: [String: String], profile: String?
    ) -> SettingsLayer {
        let place = profile.map { "\(file.path) profile \($0)" } ?? file.path
        return SettingsLayer(
            kind: .file, values: values, names: { $0.fileNames }, fileSuffix: "_file",
            place: { "\($0) in \(place)" }, directory: Path.parent(of: file.path),
            openFile: file.isReadableByOthers ? file.path : nil)
    }

    private mutating func credential(_ key: SettingKey) throws(SettingsError) -> FoundSetting? {
        guard let name = key.credentialName, let directory = environment["CREDENTIALS_DIRECTORY"],
            !directory.isEmpty
        else { return nil }
        let path = Path.absolute(name, in: directory)
        guard readIfPresent(path) != nil else { return nil }
        let place = "credential \(name)"
        let text = try SettingsLayer.content(of: path, key, place, &warnings)
        return FoundSetting(
            text: Secret(text), origin: SettingOrigin(kind: .credential, place: place))
    }

    // MARK: The configuration file

    private mutating func configurationFile(
        _ config: FoundSetting?
    ) throws(SettingsError) -> ConfigurationFile? {
        if let config {
            do {
                return try ConfigurationFile(SettingsFile(path: config.text.reveal()))
            } catch let error as SettingsError {
                throw error
            } catch {
                let reason = (error as? SettingsFile.Fault)?.reason ?? "it cannot be read"
                throw SettingsError(
                    code: .unreadableFile,
                    message: "\(config.origin.place) names \(config.text.reveal()): \(reason)")
            }
        }
        for directory in configurationDirectories {
            for name in ["config.yaml", "config.yml", "config.json"] {
                if let file = readIfPresent(Path.absolute(name, in: directory)) {
                    return try ConfigurationFile(file)
                }
            }
        }
        return nil
    }

    private var configurationDirectories: [String] {
        var directories: [String] = []
        if let base = baseDirectory("XDG_CONFIG_HOME", ".config") {
            directories.append("\(base)/komodo-mcp")
        }
        return directories + [systemDirectory]
    }

    /// A directory of the XDG Base Directory Specification; relative values are ignored, as it
    /// says.
    private func baseDirectory(_ name: String, _ underHome: String) -> String? {
        if let directory = environment[name], directory.hasPrefix("/") { return directory }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return Path.absolute(underHome, in: home)
    }

    private func defaultProfile(of file: ConfigurationFile?) -> FoundSetting? {
        guard let file, let name = file.defaultProfile else { return nil }
        return FoundSetting(
            text: Secret(name),
            origin: SettingOrigin(kind: .file, place: "default_profile in \(file.path)"))
    }

    private func profileLayer(
        _ profile: FoundSetting?, of file: ConfigurationFile?
    ) throws(SettingsError) -> SettingsLayer? {
        guard let profile else { return nil }
        let name = profile.text.reveal()
        guard let file else {
            throw SettingsError(
                code: .unknownProfile,
                message: "\(profile.origin.place) asks for profile \(name), but there is no"
                    + " configuration file: name one with --config")
        }
        guard let values = file.profiles[name] else {
            let names = file.profiles.keys.sorted().joined(separator: ", ")
            throw SettingsError(
                code: .unknownProfile,
                message: "\(profile.origin.place) asks for profile \(name); \(file.path) has "
                    + (names.isEmpty ? "no profiles" : names))
        }
        return fileLayer(file, values, profile: name)
    }

    // MARK: Defaults and warnings

    /// Where the jobs are when nothing says so.
    private func standardDatabase() -> FoundSetting? {
        // systemd gives several state directories with colons between them.
        let state = environment["STATE_DIRECTORY"]?.split(separator: ":").first
        if let state, state.hasPrefix("/") {
            return standardDatabase("\(state)/jobs.db", "STATE_DIRECTORY")
        }
        guard let base = baseDirectory("XDG_STATE_HOME", ".local/state") else { return nil }
        let hasState = environment["XDG_STATE_HOME"]?.hasPrefix("/") == true
        return standardDatabase("\(base)/komodo-mcp/jobs.db", hasState ? "XDG_STATE_HOME" : nil)
    }

    private func standardDatabase(_ path: String, _ variable: String?) -> FoundSetting {
        // The variable says where defaults are, not what this program shall use.
        let origin = variable.map { SettingOrigin(kind: .standard, place: $0) } ?? .standard
        return FoundSetting(text: Secret(path), origin: origin)
    }

    /// A profile that was asked for by name but loses to the environment surprises people.
    private mutating func warnAboutProfile(_ profile: FoundSetting?, _ layer: SettingsLayer?) {
        guard let profile, let layer, profile.origin.kind == .argument else { return }
        for key in SettingKey.allCases {
            let names = key.fileNames + key.fileNames.map { $0 + layer.fileSuffix }
            guard names.contains(where: { layer.values[$0] != nil }),
                let origin = found[key]?.origin,
                [.environment, .credential, .environmentFile].contains(origin.kind)
            else { continue }
            warnings.append(
                "profile \(profile.text.reveal()) sets \(key.rawValue), but \(origin.place) wins")
        }
    }

    /// A `.env` file that comes with a directory must not lead a key to another server unseen.
    private mutating func warnAboutMixedSources() {
        guard let url = found[.url]?.origin, url.kind == .environmentFile,
            let secret = found[.apiSecret]?.origin, secret.kind != .environmentFile
        else { return }
        warnings.append("\(url.place) decides where the secret of \(secret.place) is sent")
    }
}
