package import Logging

/// What a server is: the values and providers of the application.
///
/// The providers that are there decide the capabilities that are announced.
package struct ServerDefinition: Sendable {
    package var info: ServerInfo
    /// A few sentences for the model on how to use the server.
    package var instructions: String?
    package var tools: (any ToolProvider)?
    package var resources: (any ResourceProvider)?
    package var prompts: (any PromptProvider)?
    package var completion: (any CompletionProvider)?
    package var tasks: (any TaskProvider)?
    /// Needed to ask clients of 2026-07-28 for input.
    package var seals: (any SealKeeper)?
    /// Whether log messages are offered to clients.
    package var offersLogging: Bool
    /// Whether a client of 2026-07-28 may answer what it has not been asked in this call.
    ///
    /// These are the answers of a first round, which carries no request state. Off, they are
    /// ignored.
    package var acceptsUnaskedAnswers: Bool
    /// How long the answer to `server/discover` may be kept.
    package var discoverCache: CacheHint
    package var limits: ProtocolLimits
    package var clock: ProtocolClock
    package var logger: Logger
    /// Compiled schemas, shared by every session of this definition.
    let schemas = SchemaCache()

    package init(
        info: ServerInfo, instructions: String? = nil, tools: (any ToolProvider)? = nil,
        resources: (any ResourceProvider)? = nil, prompts: (any PromptProvider)? = nil,
        completion: (any CompletionProvider)? = nil, tasks: (any TaskProvider)? = nil,
        seals: (any SealKeeper)? = nil, offersLogging: Bool = false,
        acceptsUnaskedAnswers: Bool = false,
        discoverCache: CacheHint = CacheHint(timeToLive: .seconds(300), scope: .public),
        limits: ProtocolLimits = ProtocolLimits(), clock: ProtocolClock = .system,
        logger: Logger
    ) {
        self.info = info
        self.instructions = instructions
        self.tools = tools
        self.resources = resources
        self.prompts = prompts
        self.completion = completion
        self.tasks = tasks
        self.seals = seals
        self.offersLogging = offersLogging
        self.acceptsUnaskedAnswers = acceptsUnaskedAnswers
        self.discoverCache = discoverCache
        self.limits = limits
        self.clock = clock
        self.logger = logger
    }
}
