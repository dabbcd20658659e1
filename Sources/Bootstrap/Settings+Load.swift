extension Settings {
    /// Where the settings of the whole machine are.
    package static let systemDirectory = "/etc/komodo-mcp"

    /// Reads and checks the settings.
    ///
    /// Precedence: arguments, environment, systemd credentials, `.env` in the current directory,
    /// the chosen profile of the configuration file, the rest of that file, default. An empty
    /// value counts as not set. Unknown variables are ignored, unknown keys of a file are not.
    ///
    /// - Parameters:
    ///   - arguments: Options by name (`rate-limit`), with or without leading dashes.
    ///   - environment: The environment of the process.
    ///   - currentDirectory: What relative paths are relative to; absolute itself.
    ///   - systemDirectory: Where the machine's configuration file is looked for.
    /// - Throws: ``SettingsError`` for the first thing that is wrong. A missing URL or key is not.
    package static func load(
        arguments: [String: String] = [:], environment: [String: String],
        currentDirectory: String, systemDirectory: String = systemDirectory
    ) throws(SettingsError) -> Settings {
        let resolver = try SettingsResolver(
            arguments: arguments, environment: environment, currentDirectory: currentDirectory,
            systemDirectory: systemDirectory)
        return try Settings(found: resolver.found, warnings: resolver.warnings)
    }

    /// Reads and checks the settings of this process.
    package static func load(
        arguments: [String: String] = [:]
    ) throws(SettingsError) -> Settings {
        try load(
            arguments: arguments, environment: ProcessEnvironment.variables(),
            currentDirectory: ProcessEnvironment.currentDirectory())
    }
}
