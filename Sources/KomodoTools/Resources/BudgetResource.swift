internal import JSON
internal import MCP

/// `komodo://budget`.
enum BudgetResource {
    static let listed = Resource(
        uri: JobLinks.budget, name: "budget", title: "Rate budget",
        description: "Requests to Komodo that may be made right now, shared by all processes.",
        mimeType: "application/json")

    static func read(
        for caller: Caller, in context: ToolContext
    ) async throws -> ResourceReading {
        ResourceReading([
            .json(try await JobTools.budgetData(for: caller, in: context), at: JobLinks.budget)
        ])
    }
}
