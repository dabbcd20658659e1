import Testing

@Suite(.timeLimit(.minutes(2)))
struct StateTableTests {
    @Test func theReadmeListsTheStatesOfTheCode() throws {
        let code = try codeTable()
        // The README may lack the section; it may not have a wrong one.
        guard let readme = SourceTree.file("README.md").flatMap({ StateTable(readme: $0.text) })
        else { return }
        #expect(readme == code)
    }

    @Test func theCodeHasSixStatusesWithTheirPhases() throws {
        let phases = try codeTable().phases
        #expect(
            Set(phases.keys)
                == ["pending", "starting", "running", "success", "failed", "cancelled"])
        #expect(phases["starting"] == ["claimed", "sending", "reconciling"])
        #expect(phases["running"]?.contains("in_progress") == true)
        #expect(phases["success"] == [])
        #expect(!phases.values.joined().contains("?"))
    }

    @Test func aTableIsReadFromItsSectionOnly() {
        let table = StateTable(
            readme: """
                | `a` | `b` |
                ## The states
                | status | phases |
                |---|---|
                | pending | `queued`, in_progress | why, and more |
                | `success` | – |

                | `d` | `e` |
                ## Next
                | `c` | `d` |
                """)
        #expect(table?.phases == ["pending": ["queued", "in_progress"], "success": []])
        #expect(StateTable(readme: "# A\n| `a` | `b` |\n") == nil)
    }

    private func codeTable() throws -> StateTable {
        let folder = "Sources/Jobs/State"
        let status = try #require(SourceTree.file("\(folder)/JobStatus.swift"))
        let phase = try #require(SourceTree.file("\(folder)/JobPhase.swift"))
        let state = try #require(SourceTree.file("\(folder)/JobState.swift"))
        return StateTable(status: status.text, phase: phase.text, state: state.text)
    }
}
