private import JSON
internal import MCP
private import MCPHTTP

/// Tools that take a moment and tell of it.
enum RunningTools {
    private static let step = Duration.milliseconds(50)

    static func all(_ clock: ProtocolClock) -> [FixtureTool] {
        [progress(clock), logging(clock), loggingOnRequest(clock), reconnection(clock)]
    }

    private static func progress(_ clock: ProtocolClock) -> FixtureTool {
        FixtureTool("test_tool_with_progress", "Reports progress three times.") { _, context in
            context.report(progress: 0, total: 100)
            try await clock.sleep(step)
            context.report(progress: 50, total: 100)
            try await clock.sleep(step)
            context.report(progress: 100, total: 100)
            return .text("Progress went to 100 of 100.")
        }
    }

    private static func logging(_ clock: ProtocolClock) -> FixtureTool {
        FixtureTool("test_tool_with_logging", "Logs three messages.") { _, context in
            await context.log(.info, "Tool execution started")
            try await clock.sleep(step)
            await context.log(.info, "Tool processing data")
            try await clock.sleep(step)
            await context.log(.info, "Tool execution completed")
            return .text("Three messages were logged.")
        }
    }

    private static func loggingOnRequest(_ clock: ProtocolClock) -> FixtureTool {
        FixtureTool("test_logging_tool", "Logs messages of every level.") { _, context in
            for level in LogLevel.allCases {
                await context.log(level, .string("A message of level \(level.rawValue)"))
            }
            try await clock.sleep(step)
            return .text("A message of every level was logged.")
        }
    }

    private static func reconnection(_ clock: ProtocolClock) -> FixtureTool {
        FixtureTool(
            "test_reconnection", "Answers after the client had to come back for it."
        ) { _, _ in
            ResponseStream.current?.releaseConnection()
            try await clock.sleep(step * 2)
            return .text("The call went on while its stream was closed.")
        }
    }
}
