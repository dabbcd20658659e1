private import JSON
internal import MCP

/// Tools that are called again with the client's answers.
enum RoundTools {
    static let all = [
        elicitation, sampling, roots, requestState, multipleInputs, multiRound, tamperedState,
        capabilities,
    ]

    private static let userName = Questions.text("What is your name?", "name")

    private static let elicitation = FixtureTool(
        "test_input_required_result_elicitation", "Asks for a name."
    ) { _, context in
        let answer = try await context.ask("user_name", userName)
        return .text("Hello, \(answer["name"]?.string ?? "stranger")!")
    }

    private static let sampling = FixtureTool(
        "test_input_required_result_sampling", "Asks the client's model for a capital."
    ) { _, context in
        let answer = try await context.ask(
            "capital_question", Questions.completion("What is the capital of France?"))
        return .text(answer.completedText ?? "none")
    }

    private static let roots = FixtureTool(
        "test_input_required_result_list_roots", "Asks for the roots of the workspace."
    ) { _, context in
        .text("Roots: \(list(try await context.ask("client_roots", .roots)))")
    }

    private static let requestState = FixtureTool(
        "test_input_required_result_request_state", "Asks for a confirmation."
    ) { _, context in
        _ = try await context.ask("confirm", Questions.confirmation("Please confirm", "ok"))
        return .text("state-ok")
    }

    private static let multipleInputs = FixtureTool(
        "test_input_required_result_multiple_inputs", "Asks for three things at once."
    ) { _, context in
        let answers = try await context.ask([
            "user_name": userName,
            "greeting": Questions.completion("Generate a greeting", tokens: 50),
            "client_roots": .roots,
        ])
        let name = answers["user_name"]?["name"]?.string ?? "stranger"
        let greeting = answers["greeting"]?.completedText ?? "Hello"
        return .text("\(greeting) \(name); roots: \(list(answers["client_roots"]))")
    }

    private static let multiRound = FixtureTool(
        "test_input_required_result_multi_round", "Asks twice, one thing after the other."
    ) { _, context in
        let name = try await context.ask(
            "step1", Questions.text("Step 1: What is your name?", "name"))
        let color = try await context.ask(
            "step2", Questions.text("Step 2: What is your favorite color?", "color"))
        return .text(
            "\(name["name"]?.string ?? "Somebody") likes \(color["color"]?.string ?? "nothing").")
    }

    private static let tamperedState = FixtureTool(
        "test_input_required_result_tampered_state", "Asks for a confirmation, under seal."
    ) { _, context in
        _ = try await context.ask("confirm", Questions.confirmation("Please confirm", "ok"))
        return .text("The state was as it had been sent.")
    }

    /// Asks for what this client can answer, and nothing else.
    private static let capabilities = FixtureTool(
        "test_input_required_result_capabilities", "Asks for all that the client can answer."
    ) { _, context in
        let requests = [
            "user_name": userName,
            "greeting": Questions.completion("Generate a greeting", tokens: 50),
            "client_roots": ClientRequest.roots,
        ].filter { context.canAsk($0.value) }
        let answers = try await context.ask(requests)
        return .text("Answered: \(answers.keys.sorted().joined(separator: ", "))")
    }

    private static func list(_ answer: ClientAnswer?) -> String {
        guard case .roots(let roots)? = answer else { return "none" }
        return roots.map(\.uri).joined(separator: ", ")
    }
}
