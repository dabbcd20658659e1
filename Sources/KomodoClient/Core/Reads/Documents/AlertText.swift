internal import JSON

/// The title and the message of an alert, which Core leaves to whoever shows it.
struct AlertText: Hashable {
    let title: String
    let message: String

    /// Composes them for one of Core's types of alert.
    ///
    /// - Parameters:
    ///   - type: Core's word for the type; newer ones get their name as title.
    ///   - isOver: whether the alert says that all is well again.
    init(type: String, data: JSONValue, isOver: Bool) {
        let facts = Facts(data: data, isOver: isOver)
        let text =
            Self.server(type, facts) ?? Self.workload(type, facts) ?? Self.run(type, facts)
            ?? Self.other(type, facts)
        title = text.title
        message = text.message
    }

    private typealias Text = (title: String, message: String)

    private struct Facts {
        let data: JSONValue
        let isOver: Bool

        var name: String { text("name") ?? "an unnamed resource" }

        func text(_ key: String) -> String? { data[key]?.filledText }

        /// `used of total (percent)`.
        var usage: String {
            let (used, total) = (data["used_gb"]?.double ?? 0, data["total_gb"]?.double ?? 0)
            let percent = total > 0 ? " (\(HumanText.percent(100 * used / total)))" : ""
            return "\(HumanText.gigabytes(used)) of \(HumanText.gigabytes(total))\(percent)"
        }

        /// ` on prod-1`, where the alert tells a server or a swarm.
        var place: String {
            if let server = text("server_name") { return " on server \(server)" }
            return text("swarm_name").map { " on swarm \($0)" } ?? ""
        }

        /// `: reason`, where Core tells one.
        var reason: String {
            ServerDocument.error(data["err"]).map { ": \($0)" } ?? "."
        }
    }

    private static func server(_ type: String, _ facts: Facts) -> Text? {
        let name = facts.name
        switch type {
        case "ServerUnreachable":
            return facts.isOver
                ? ("Server \(name) is reachable again", "Komodo is connected to \(name) again.")
                : (
                    "Server \(name) is unreachable",
                    "Komodo cannot reach the agent on \(name)\(facts.reason)"
                )
        case "SwarmUnhealthy":
            return facts.isOver
                ? ("Swarm \(name) is healthy again", "The swarm \(name) is healthy again.")
                : ("Swarm \(name) is unhealthy", "The swarm \(name) is unhealthy\(facts.reason)")
        case "ServerCpu":
            let percent = HumanText.percent(facts.data["percentage"]?.double ?? 0)
            return (usageTitle("CPU", facts), "CPU usage on \(name) is \(percent).")
        case "ServerMem":
            return (usageTitle("memory", facts), "Memory in use on \(name): \(facts.usage).")
        case "ServerDisk":
            let path = facts.text("path").map { " at \($0)" } ?? ""
            return (usageTitle("disk", facts), "Disk in use on \(name)\(path): \(facts.usage).")
        case "ServerVersionMismatch":
            let versions =
                "The agent on \(name) is version \(facts.text("server_version") ?? "unknown"), "
                + "Komodo is \(facts.text("core_version") ?? "unknown")."
            return facts.isOver
                ? ("The agent on \(name) matches Komodo's version again", versions)
                : ("Version mismatch on \(name)", versions)
        default: return nil
        }
    }

    private static func usageTitle(_ what: String, _ facts: Facts) -> String {
        guard facts.isOver else { return "High \(what) usage on \(facts.name)" }
        let word = what == "CPU" ? what : what.prefix(1).uppercased() + what.dropFirst()
        return "\(word) usage on \(facts.name) is back to normal"
    }

    private static func workload(_ type: String, _ facts: Facts) -> Text? {
        let kind = type == "ContainerStateChange" || type.hasPrefix("Deployment")
        let subject = "\(kind ? "Deployment" : "Stack") \(facts.name)"
        let images = facts.data["images"]?.texts ?? facts.text("image").map { [$0] } ?? []
        let named = images.isEmpty ? "" : ": \(images.joined(separator: ", "))"
        switch type {
        case "ContainerStateChange", "StackStateChange":
            let (from, to) = (facts.text("from") ?? "unknown", facts.text("to") ?? "unknown")
            return (
                "\(subject) is now \(to)",
                "\(subject)\(facts.place) changed from \(from) to \(to)."
            )
        case "DeploymentImageUpdateAvailable", "StackImageUpdateAvailable":
            let service = facts.text("service").map { " for service \($0)" } ?? ""
            return (
                "Update available for \(subject.lowercasedFirst)",
                "\(subject)\(facts.place) has a newer image\(service)\(named)."
            )
        case "DeploymentAutoUpdated", "StackAutoUpdated":
            return (
                "\(subject) was updated automatically",
                "\(subject)\(facts.place) was redeployed with newer images\(named)."
            )
        default: return nil
        }
    }

    private static func run(_ type: String, _ facts: Facts) -> Text? {
        let name = facts.name
        switch type {
        case "BuildFailed":
            let version = ExecutionRecord.version(facts.data["version"]).map { " \($0)" } ?? ""
            return ("Build \(name) failed", "The build \(name)\(version) failed.")
        case "RepoBuildFailed":
            return ("Build of repo \(name) failed", "The build of the repo \(name) failed.")
        case "ProcedureFailed":
            return ("Procedure \(name) failed", "A run of the procedure \(name) failed.")
        case "ActionFailed": return ("Action \(name) failed", "A run of the action \(name) failed.")
        case "ScheduleRun":
            let kind = (facts.text("resource_type") ?? "resource").lowercased()
            return (
                "Scheduled run of \(kind) \(name)", "The schedule of the \(kind) \(name) ran."
            )
        case "ResourceSyncPendingUpdates":
            return (
                "Resource sync \(name) has pending updates",
                "The resource sync \(name) has updates that are not executed yet."
            )
        default: return nil
        }
    }

    private static func other(_ type: String, _ facts: Facts) -> Text {
        switch type {
        case "AwsBuilderTerminationFailed":
            let instance = facts.text("instance_id") ?? "unknown"
            return (
                "An AWS builder could not be terminated",
                "The instance \(instance) could not be terminated: "
                    + (facts.text("message") ?? "no reason given")
            )
        case "Custom":
            let message = facts.text("message") ?? "An alert without a message."
            return (message, message)
        case "Test":
            return ("Test of alerter \(facts.name)", "A test of the alerter \(facts.name).")
        case "", "None": return ("Alert without data", "Komodo tells nothing about this alert.")
        default:
            let words = StatusWords.snakeCase(type).split(separator: "_").joined(separator: " ")
            let about = facts.text("name").map { " about \($0)" } ?? ""
            return ("Alert: \(words)\(about)", "Komodo raised an alert: \(words)\(about).")
        }
    }
}

extension String {
    /// The text with its first letter in lower case.
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
