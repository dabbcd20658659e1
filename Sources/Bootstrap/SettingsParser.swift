internal import Logging
internal import Redaction

/// Turns the texts of settings into values, or says what is wrong with them.
struct SettingsParser {
    let found: [SettingKey: FoundSetting]

    private static let nameBytesMax = 4_096
    private static let retryDelayMin = Duration.milliseconds(100)
    private static let retryDelayMax = Duration.seconds(300)
    private static let retentionMin = Duration.seconds(3_600)

    func url() throws(SettingsError) -> String? {
        guard let setting = found[.url] else { return nil }
        let text = setting.text.reveal()
        do {
            return try KomodoURL.normalize(text)
        } catch {
            // A URL with a user part may hold a password anywhere.
            let shown = !text.contains("@") && error != .query
            throw .wrongValue(.url, setting, shown: shown, error.advice)
        }
    }

    func secret(_ key: SettingKey) throws(SettingsError) -> Secret? {
        guard let setting = found[key] else { return nil }
        let isHeaderText = setting.text.reveal().utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isHeaderText else {
            throw .wrongValue(key, setting, "it holds a space or another character no key has")
        }
        return setting.text
    }

    func name(_ key: SettingKey) throws(SettingsError) -> String? {
        guard let setting = found[key] else { return nil }
        let text = setting.text.reveal()
        guard text.utf8.count <= Self.nameBytesMax, text.utf8.allSatisfy({ $0 >= 0x20 }) else {
            throw .wrongValue(key, setting, "write one line of at most 4096 bytes")
        }
        return text
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: SettingKey, _ standard: Choice
    ) throws(SettingsError) -> Choice {
        guard let setting = found[key] else { return standard }
        if let choice = Choice(rawValue: setting.text.reveal().lowercased()) { return choice }
        throw .wrongValue(key, setting, "write \(Self.oneOf(Choice.allCases.map(\.rawValue)))")
    }

    func flag(_ key: SettingKey, _ standard: Bool) throws(SettingsError) -> Bool {
        guard let setting = found[key] else { return standard }
        switch setting.text.reveal().lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw .wrongValue(key, setting, "write true or false")
        }
    }

    func number(
        _ key: SettingKey, _ range: ClosedRange<Int>, _ standard: Int
    ) throws(SettingsError) -> Int {
        guard let setting = found[key] else { return standard }
        guard let number = Int(setting.text.reveal()), range.contains(number) else {
            throw .wrongValue(
                key, setting, "write a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The burst, twice the limit unless set.
    ///
    /// What is left of it after the limit and 2 % for jitter is the size of the token bucket, which
    /// must hold five tokens, so that each kind of request has one.
    func burst(limit: Int) throws(SettingsError) -> Int {
        let range = 1...200_000
        let burst = try number(.rateBurst, range, 2 * limit)
        let burstMin = ((limit + 5) * 100 + 97) / 98
        guard burst < burstMin, let setting = found[.rateBurst] else {
            return max(burst, burstMin)
        }
        throw .wrongValue(
            .rateBurst, setting, "with a rate limit of \(limit), write at least \(burstMin)")
    }

    func duration(
        _ key: SettingKey, _ range: ClosedRange<Duration>, _ standard: Duration
    ) throws(SettingsError) -> Duration {
        guard let setting = found[key] else { return standard }
        let text = setting.text.reveal()
        guard let duration = DurationText.parse(text), range.contains(duration) else {
            let low = DurationText.format(range.lowerBound)
            let high = DurationText.format(range.upperBound)
            let example = DurationText.format(standard)
            let unit = Int(text) == nil ? "" : ", with a unit"
            throw .wrongValue(
                key, setting, "write a duration from \(low) to \(high)\(unit), such as \(example)")
        }
        return duration
    }

    /// How long something is kept: a duration, or nil for "forever".
    func retention(
        _ key: SettingKey, _ standard: Duration?
    ) throws(SettingsError) -> Duration? {
        guard let setting = found[key] else { return standard }
        let text = setting.text.reveal()
        guard text.lowercased() != "forever" else { return nil }
        guard let duration = DurationText.parse(text), duration >= Self.retentionMin else {
            let unit = Int(text) == nil ? "" : ", with a unit"
            throw .wrongValue(
                key, setting, "write a duration from 1h\(unit), such as 90d, or forever")
        }
        return duration
    }

    /// The one duration whose bare number is milliseconds, as other tools for Komodo have it.
    func retryDelay() throws(SettingsError) -> Duration {
        guard let setting = found[.retryDelay] else { return .seconds(1) }
        let text = setting.text.reveal()
        let duration = Int(text).map { Duration.milliseconds($0) } ?? DurationText.parse(text)
        guard let duration else {
            throw .wrongValue(.retryDelay, setting, "write a duration such as 1s")
        }
        guard duration >= Self.retryDelayMin else {
            let seconds = Int(text).map { (1...30).contains($0) ? "\($0)s" : "1s" } ?? "1s"
            let reason = Int(text) == nil ? "it is below 100ms" : "that means milliseconds"
            throw .wrongValue(.retryDelay, setting, "\(reason); write \(seconds)")
        }
        guard duration <= Self.retryDelayMax else {
            throw .wrongValue(.retryDelay, setting, "write at most 5m")
        }
        return duration
    }

    func logLevel() throws(SettingsError) -> Logger.Level {
        guard let setting = found[.logLevel] else { return .info }
        let text = setting.text.reveal().lowercased()
        if let level = Logger.Level(rawValue: text == "warn" ? "warning" : text) { return level }
        throw .wrongValue(
            .logLevel, setting, "write \(Self.oneOf(Logger.Level.allCases.map(\.rawValue)))")
    }

    private static func oneOf(_ words: [String]) -> String {
        words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }
}
