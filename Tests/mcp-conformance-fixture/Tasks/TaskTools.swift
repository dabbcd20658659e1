private import JSON
internal import MCP

/// Tools whose work can be, or has to be, a task.
enum TaskTools {
    static func all(_ board: TaskBoard, _ clock: ProtocolClock) -> [FixtureTool] {
        [
            greet, slowCompute(board, clock), failingJob(board, clock), protocolErrorJob(board),
            confirmDelete(board), multiInput(board), composed(board, clock),
        ]
    }

    private static let greet = FixtureTool(
        "greet", "Greets somebody, always at once.",
        schema: Arguments.text("name", "Who is greeted.")
    ) { arguments, _ in
        .text("Hello, \(arguments["name"]?.string ?? "")!")
    }

    private static func slowCompute(_ board: TaskBoard, _ clock: ProtocolClock) -> FixtureTool {
        FixtureTool(
            "slow_compute", "Takes the given time.",
            schema: Arguments.object(
                [
                    "seconds": [
                        "type": "number", "description": "How long it takes.", "minimum": 0,
                        "maximum": 600,
                    ],
                    "label": ["type": "string", "description": "Repeated in the result."],
                ], required: ["seconds"]), tasks: .optional
        ) { arguments, context in
            let seconds = arguments["seconds"]?.double ?? 0
            let label = arguments["label"]?.string ?? "unnamed"
            return try await run(on: board, context) { _ in
                try await clock.sleep(.milliseconds(Int64(seconds * 1_000)))
                return .text("Computed \(label) in \(seconds) s.")
            }
        }
    }

    private static func failingJob(_ board: TaskBoard, _ clock: ProtocolClock) -> FixtureTool {
        FixtureTool(
            "failing_job", "Fails after a second, as a task only.", tasks: .required
        ) { _, context in
            try await run(on: board, context) { _ in
                try await clock.sleep(.seconds(1))
                return .text("The job failed, as it always does.", isError: true)
            }
        }
    }

    private static func protocolErrorJob(_ board: TaskBoard) -> FixtureTool {
        FixtureTool(
            "protocol_error_job", "Ends with an error of the protocol.", tasks: .optional
        ) { _, context in
            try await run(on: board, context) { _ in throw RPCError.internalError() }
        }
    }

    private static func confirmDelete(_ board: TaskBoard) -> FixtureTool {
        FixtureTool(
            "confirm_delete", "Pretends to delete a file that the user confirms.",
            schema: Arguments.text("filename", "The name of the file."), tasks: .optional
        ) { arguments, context in
            let name = arguments["filename"]?.string ?? ""
            let question = Questions.confirmation("Delete \(name)?", "confirm")
            return try await asking(["confirm": question], on: board, context) { answers in
                let isConfirmed = answers["confirm"]?["content"]?["confirm"]?.bool ?? false
                return .text(isConfirmed ? "Deleted \(name)." : "Kept \(name).")
            }
        }
    }

    private static func multiInput(_ board: TaskBoard) -> FixtureTool {
        FixtureTool(
            "multi_input", "Asks for two names at once.", tasks: .optional
        ) { _, context in
            let questions = [
                "first_name": Questions.text("What is the first name?", "name"),
                "second_name": Questions.text("What is the second name?", "name"),
            ]
            return try await asking(questions, on: board, context) { answers in
                let names = questions.keys.sorted().map {
                    answers[$0]?["content"]?["name"]?.string ?? "nobody"
                }
                return .text("Names: \(names.joined(separator: ", "))")
            }
        }
    }

    /// Asks first, in rounds of the call, and goes on as a task.
    private static func composed(_ board: TaskBoard, _ clock: ProtocolClock) -> FixtureTool {
        FixtureTool(
            "test_tool_with_task", "Asks for a name, then greets as a task.", tasks: .required
        ) { _, context in
            let answer = try await context.ask(
                "user_name", Questions.text("What is your name?", "name"))
            let name = answer["name"]?.string ?? "stranger"
            return try await run(on: board, context) { _ in
                try await clock.sleep(.milliseconds(100))
                return .text("Hello, \(name)!")
            }
        }
    }
}

extension TaskTools {
    /// Does the work as a task when the client takes one, else within the call.
    private static func run(
        on board: TaskBoard, _ context: CallContext,
        _ work: @escaping @Sendable (TaskDesk?) async throws -> CallResult
    ) async throws -> CallOutcome {
        switch context.taskMode {
        case .unavailable: .result(try await work(nil))
        case .requested, .offered: .task(try board.create(for: context) { try await work($0) })
        }
    }

    /// Asks, within the task or within the call, and answers from the client's answers.
    private static func asking(
        _ questions: [String: ClientRequest], on board: TaskBoard, _ context: CallContext,
        _ result: @escaping @Sendable ([String: JSONValue]) -> CallResult
    ) async throws -> CallOutcome {
        guard questions.values.allSatisfy({ context.canAsk($0) }) else {
            throw AskError.unsupported(required: ["elicitation": [:]])
        }
        return try await run(on: board, context) { desk in
            if let desk { return result(try await desk.ask(questions)) }
            let answers = try await context.ask(questions)
            return result(
                answers.compactMapValues { answer in
                    guard case .accepted(let content)? = answer.elicitation else { return nil }
                    return ["action": "accept", "content": .object(content)]
                })
        }
    }
}
