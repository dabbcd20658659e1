/// Docker's status texts, such as `Up 3 hours (healthy)`.
enum DockerStatus {
    /// What the health check found: `healthy`, `unhealthy` or `starting`; nil without a check.
    static func health(_ status: String) -> String? {
        let lowered = status.lowercased()
        if lowered.contains("(unhealthy)") { return "unhealthy" }
        if lowered.contains("(healthy)") { return "healthy" }
        return lowered.contains("health: starting") ? "starting" : nil
    }

    /// How long the container has been up, in Docker's words; nil when it is not.
    static func uptime(_ status: String) -> String? {
        guard status.hasPrefix("Up ") else { return nil }
        let words = status.dropFirst("Up ".count)
        let end = words.firstRange(of: " (")?.lowerBound ?? words.endIndex
        return words[..<end].isEmpty ? nil : String(words[..<end])
    }

    /// How many services run, from the status of a compose project, as in `running(2), exited(1)`.
    static func runningServices(_ status: String) -> Int64? {
        guard status.contains("("), status.contains(")") else { return nil }
        for part in status.split(separator: ",") {
            let word = part.drop { $0 == " " }
            guard word.hasPrefix("running("), let end = word.firstIndex(of: ")") else { continue }
            return Int64(word[..<end].dropFirst("running(".count))
        }
        return 0
    }
}
