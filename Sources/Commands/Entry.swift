private import ArgumentParser
private import Bench
private import Bootstrap
private import Glibc
private import Intake
private import JSON
package import JobStore
package import JobWorker
private import Jobs
private import KomodoClient
private import KomodoSimulator
private import MCPHTTP
private import Synchronization

/// Where the executables begin.
package enum Entry {
    /// Runs `komodo-mcp`.
    package static func runMCP() async {
        await run(KomodoMCPCommand.self)
    }

    /// Runs `komodo-jobs`.
    package static func runJobs() async {
        await run(KomodoJobsCommand.self)
    }

    /// Runs `komodo-mcp worker`, calling `reached` at each step of the submission protocol.
    ///
    /// Only tests pass anything here, to stop or kill the process at that step.
    package static func runWorker(
        reached: @escaping @Sendable (WorkerHooks.Step, JobRecord) async -> Void
    ) async {
        WorkerCommand.reached.withLock { $0 = reached }
        await run(WorkerCommand.self)
    }

    private static func run<Root: AsyncParsableCommand>(_ root: Root.Type) async {
        occupyStandardDescriptors()
        // Writing into a pipe that nobody reads any more is an error to handle, not a reason to die.
        signal(SIGPIPE, SIG_IGN)
        Allocator.tune()
        var status = ExitStatus.success.rawValue
        do {
            // The runtime below, which has no other way, dies when it gets none.
            if let shortage = DescriptorLimit.raise()?.shortage {
                throw CommandError(.failure, shortage)
            }
            var command = try root.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            status = end(root, error)
        }
        exit(status == ExitStatus.success.rawValue ? endOfOutput() : status)
    }

    /// Opens the standard descriptors that the caller has closed: the next file would get their
    /// numbers, and our output with them.
    private static func occupyStandardDescriptors() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY)
        }
    }

    /// What a command that did its work ends with: an error when its output is lost.
    private static func endOfOutput() -> Int32 {
        guard let loss = Terminal.loss else { return ExitStatus.success.rawValue }
        let failure = CommandError(.failure, "The output could not be written: \(loss).")
        Terminal.writeError(failure, asJSON: ErrorFormat.isJSON(CommandLine.arguments))
        return failure.exit.rawValue
    }

    private static func end<Root: ParsableCommand>(_ root: Root.Type, _ error: any Error) -> Int32 {
        if let status = error as? ExitCode { return status.rawValue }
        let asJSON = ErrorFormat.isJSON(CommandLine.arguments)
        if let failure = failure(error) {
            Terminal.writeError(failure, asJSON: asJSON)
            return failure.exit.rawValue
        }
        guard root.exitCode(for: error) != .success else {
            Terminal.writeAsIs(root.fullMessage(for: error))
            return ExitStatus.success.rawValue
        }
        let message = root.message(for: error)
        // The parser puts its usage around the message.
        let full = root.fullMessage(for: error)
        let place = message.isEmpty ? nil : full.firstRange(of: message)
        Terminal.writeError(
            CommandError(.usage, message), asJSON: asJSON,
            help: place.map { (String(full[..<$0.lowerBound]), String(full[$0.upperBound...])) }
                ?? ("", ""))
        return ExitStatus.usage.rawValue
    }

    /// What an error of our own means for the exit code; nil for the parser's errors.
    private static func failure(_ error: any Error) -> CommandError? {
        switch error {
        case let error as CommandError: error
        case let error as SettingsError: CommandError(.usage, error.message)
        case let error as IntakeError: refusal(error)
        case let error as StoreError:
            switch error.code {
            case .unknownReference: CommandError(.notFound, error.message, code: "NOT_FOUND")
            case .ambiguousReference: CommandError(.usage, error.message)
            case .conflict: CommandError(.failure, error.message, code: "CONFLICT")
            default: CommandError(.failure, error.message, code: "DATABASE_ERROR")
            }
        case let error as KomodoError:
            CommandError(
                error.code == .notFound ? .notFound : .unreachable, error.description,
                code: error.jobError.code.rawValue)
        case let error as SimulatorError:
            CommandError(error.code == .invalidVersion ? .usage : .failure, "\(error).")
        case let error as HTTPServerError: refusal(error)
        case let error as Detachment.Failure: CommandError(.unreachable, error.sentence)
        case let error as FaultScriptError: CommandError(.usage, error.message)
        case let error as BenchError: CommandError(.failure, error.message)
        case is CancellationError: CommandError(.failure, "Interrupted.")
        default: nil
        }
    }

    private static func refusal(_ error: HTTPServerError) -> CommandError {
        switch error.code {
        case .tokensNeeded:
            CommandError(
                .usage,
                error.message + "; 'komodo-mcp tokens add NAME' makes one.", code: "TOKENS_NEEDED")
        case .invalidConfiguration, .invalidToken: CommandError(.usage, error.message + ".")
        case .cannotListen:
            CommandError(.failure, error.message + "; choose another address with --bind.")
        case .tokensUnreadable: CommandError(.failure, error.message, code: "DATABASE_ERROR")
        }
    }

    private static func refusal(_ error: IntakeError) -> CommandError {
        let exit: ExitStatus =
            switch error.error.code {
            case .notFound: .notFound
            case .validationError, .unsupportedOption: .usage
            default: .failure
            }
        return CommandError(exit, error.description, code: error.error.code.rawValue)
    }
}
