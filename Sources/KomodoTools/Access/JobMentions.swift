internal import JobStore
internal import Jobs

/// Ids of jobs in sentences of the engine.
enum JobMentions {
    /// `text` without the ids of jobs that `caller` may not see: an id is the key to its job.
    static func hidden(
        in text: String, from caller: Caller, _ context: ToolContext
    ) async throws -> String {
        guard !caller.seesAll else { return text }
        var result = text
        for id in ids(in: text) {
            do throws(StoreError) {
                if caller.sees(try await context.store.job("\(id)")) { continue }
            } catch {
                guard error.code == .unknownReference else { throw error }
            }
            result = result.split(separator: "\(id)", omittingEmptySubsequences: false)
                .joined(separator: "another job")
        }
        return result
    }

    private static func ids(in text: String) -> Set<JobID> {
        let words = text.split { !$0.isASCII || !($0.isLetter || $0.isNumber || $0 == "_") }
        return Set(words.compactMap { JobID(String($0)) })
    }
}
