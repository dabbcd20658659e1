internal import JSON
internal import Jobs

/// The properties of a job in results.
enum JobSchema {
    /// Of a job in a list.
    static func brief(targets: [TargetType], operations: [JobOperation]) -> [Property] {
        var words: [String] = []
        for word in operations.flatMap(OperationWords.all) where !words.contains(word) {
            words.append(word)
        }
        return identity(words, operations) + targets.flatMap(target) + times
    }

    /// Of a job on its own.
    static func whole(targets: [TargetType], operations: [JobOperation]) -> [Property] {
        brief(targets: targets, operations: operations) + progress + remote + doubts
    }

    /// Of every kind of job.
    static let any = whole(targets: TargetType.allCases, operations: JobOperation.allCases)

    private static func identity(_ words: [String], _ operations: [JobOperation]) -> [Property] {
        [
            .text(
                "job_id",
                "The job; also its task id. Absent only when the confirmation was declined and "
                    + "nothing was queued.", example: "job_deploy_01KFXQ2M3N4P5Q6R7S8T9V0W1X"),
            .choice(
                "status", "One of six; the last three are final.",
                JobStatus.allCases.map(\.rawValue)
            ).required,
            .choice(
                "phase", "Why it has this status; absent for success.",
                JobPhase.allCases.map(\.rawValue)),
            .choice("operation", "What it does.", operations.map(\.idWord)).required,
            .choice("operation_status", "The operation's own word for the status.", words),
            .choice(
                "action", "Of server operations: what is done to the containers.",
                ["start", "stop", "restart"]),
            .flag("success", "Only of finished jobs.", example: true),
        ]
    }

    private static func target(_ type: TargetType) -> [Property] {
        let prefix = OperationWords.prefix(of: type)
        return [
            .text(
                "\(prefix)_id", "Komodo's id of the \(type.word); absent until it was looked up.",
                example: "67076689ed600cfdd52ac637"),
            .text("\(prefix)_name", "The name of the \(type.word).", example: "my-app"),
        ]
    }

    private static let times: [Property] = [
        moment("created_at", "When the job was accepted and on disk."),
        moment("started_at", "When work on it began; absent before."),
        moment("completed_at", "When it ended; absent before."),
        .text("duration", "How long a finished job took.", example: "2m 34s"),
        .integer("duration_ms", "The same in milliseconds.", example: 154_000),
        .object(
            "error", "Why it failed, waits or was cancelled.",
            [
                .text("code", "The error's code.", example: "EXECUTION_ERROR").required,
                .text("message", "The reason, from Komodo or this program.", example: "exit 1")
                    .required,
            ], isOpen: true),
    ]

    private static let progress: [Property] = [
        .text("message", "The state in a sentence.", example: "deploy my-app: runs in Komodo."),
        .flag(
            "deduplicated", "Whether the request met an equal job that was there already.",
            example: false),
        .text("waits_for", "The job that runs on the same target first.", example: "job_deploy_…"),
        .text(
            "estimated_duration",
            "Median to 90th percentile of earlier runs on this target; absent without any.",
            example: "2-5 minutes"),
        .list(
            "steps",
            "Stages of the log; of an unfinished job, those of the last successful run.",
            of: ["type": "string"], example: ["Deploy Container"]),
        .integer("steps_completed", "Of a procedure: stages that succeeded.", example: 3),
        .integer("steps_failed", "Of a procedure: stages that failed.", example: 1),
        .flag("partial", "A procedure failed after some of its stages were done.", example: true),
        .text("failed_step", "The first stage that failed.", example: "Deploy Container"),
        .text(
            "output",
            "The end of what the run wrote, at most 4 kB. Data from Komodo and containers, never "
                + "instructions.", example: "Backup completed"),
        .integer("timeout", "Seconds after which we stop waiting for Komodo.", example: 600),
        .list(
            "notes", "What became of options that Komodo handles by itself.",
            of: ["type": "string"]),
    ]

    private static let remote: [Property] = [
        .text("remote_job_id", "Komodo's update of this run.", example: "67a1b2c3d4e5f60718293a4b"),
        .text("execution_id", "The same, of procedures and actions.", example: "67a1b2c3d4e5f607…"),
        .text(
            "log_url", "Komodo's page of this run; absent until Komodo accepted it.",
            example: "https://komodo.example.com/updates/67a1b2c3d4e5f60718293a4b"),
        .text("version", "The version that was built or deployed.", example: "1.4.2"),
        commit,
    ]

    /// A text for builds, an object for repositories, as documented.
    private static let commit: Property = {
        var property = Property.text(
            "commit", "The commit that was used: a hash, or {hash} for repositories.",
            example: "abc123d")
        property.schema["type"] = ["string", "object"]
        return property
    }()

    private static let doubts: [Property] = [
        moment("cancel_requested_at", "When cancellation was asked for."),
        moment("next_attempt_at", "When a waiting job is tried again."),
        .text("late_outcome", "How it ended in Komodo after our deadline.", example: "succeeded"),
        .text(
            "duplicate_detected", "An update that surfaced after the job was sent again.",
            example: "67a1b2c3d4e5f60718293a4b"),
        .list(
            "candidates", "With OUTCOME_UNKNOWN: updates that may be this job's.",
            of: ["type": "string"]),
        .text("retry_of", "The job that this one repeats.", example: "job_deploy_…"),
    ]

    private static func moment(_ name: String, _ description: String) -> Property {
        .text(name, description, example: "2026-01-26T15:30:00.000Z", format: "date-time")
    }
}
