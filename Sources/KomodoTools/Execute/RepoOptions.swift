internal import JSON
internal import Jobs
internal import KomodoClient

/// The options of a repo that depend on its config, or on what is on its server.
enum RepoOptions {
    /// Komodo's field of the branch.
    private static let branchField = "repo.config.branch"

    /// Checks `branch` and `overwrite` against the repo as Komodo has it now.
    ///
    /// - Returns: what to say in the result.
    /// - Throws: ``ToolFailure`` `UNSUPPORTED_OPTION`.
    static func check(
        _ outcome: OptionOutcome, of operation: JobOperation, _ target: Target,
        in context: ToolContext
    ) async throws -> [String] {
        let clones = operation == .cloneRepo && outcome.overwrites != true
        guard outcome.branch != nil || clones else { return [] }
        let repo = await QuickRead.value(in: context) { komodo in
            try await komodo.resource(.repo, target.id ?? target.name)
        }
        var notes: [String] = []
        if let branch = outcome.branch {
            try checkBranch(branch, repo)
            notes.append("branch: it is the one in the repo's config, which Komodo uses.")
        }
        if clones { try checkClone(outcome.overwrites, repo) }
        return notes
    }

    /// Lets only the configured branch pass.
    static func checkBranch(_ branch: String, _ repo: JSONObject?) throws(ToolFailure) {
        let configured = repo?["branch"]?.string
        guard configured != branch else { return }
        let known =
            configured.map { ", which is '\(BoundedText.line($0, max: 200))'" }
            ?? (repo == nil ? ", which cannot be read now" : "")
        throw OptionRules.refusal(
            "branch",
            "Komodo uses the branch in the repo's config\(known), and has none for a single run. "
                + "Leave branch out, or change it there first.", branchField)
    }

    /// Lets a clone pass when there is none yet.
    ///
    /// - Parameter overwrites: what was said about one; not true.
    static func checkClone(_ overwrites: Bool?, _ repo: JSONObject?) throws(ToolFailure) {
        let isThere = repo.map { $0["cloned_commit"] != nil || $0["last_sync"] != nil }
        guard isThere != false else { return }
        let state =
            isThere == true
            ? "the repo is cloned already, and Komodo always deletes the old clone first."
            : "whether the repo is cloned already cannot be read now, and Komodo always deletes "
                + "an old clone first."
        let word = overwrites == false ? "false" : "left out"
        throw OptionRules.refusal(
            "overwrite",
            "it is \(word), but \(state) Send overwrite: true to replace the clone; to keep it, "
                + "use \(ToolName.pullRepo).", "CloneRepo")
    }
}
