internal import JSON

/// The arguments that job tools share.
enum JobArguments {
    static let jobID: Property = .text(
        "job_id",
        "The whole id, as tools return it: job_, the operation, 26 letters and digits. Beginnings "
            + "and endings are refused.", example: "job_deploy_01KFXQ2M3N4P5Q6R7S8T9V0W1X",
        pattern: "^job_[a-z_]+_[0-9A-Za-z]{26}$", length: 32...80
    ).required

    static let since: Property = .text(
        "since",
        "Only jobs made since: RFC 3339, or a time before now as a number with s, m, h or d. "
            + "Default: all.", example: "24h", length: 2...40)
}
