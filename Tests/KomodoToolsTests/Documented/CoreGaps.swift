import JSON
import Testing

@testable import KomodoTools

/// The documented fields that a real Core does not have, from `Examples/core-gaps.json`.
enum CoreGaps {
    /// Fields that are missing for one reason.
    struct Gap: Sendable {
        let tools: [String]
        let paths: [String]
        let reason: String
    }

    /// Why a documented field is missing; nil when it is not.
    static func reason(_ tool: String, _ path: String) -> String? {
        all.first { $0.tools.contains(tool) && $0.paths.contains(path) }?.reason
    }

    static let all: [Gap] = {
        let path = TestFile.path("Examples/core-gaps.json")
        do {
            let list = try JSONValue(parsing: TestFile.text(path) ?? "")
            return (list.array ?? []).map { gap in
                Gap(
                    tools: gap["tools"]?.array?.compactMap(\.string) ?? [],
                    paths: gap["paths"]?.array?.compactMap(\.string) ?? [],
                    reason: gap["reason"]?.string ?? "")
            }
        } catch {
            Issue.record("\(path) cannot be read: \(error)")
            return []
        }
    }()
}
