internal import JSON
internal import Jobs
internal import KomodoClient

/// `komodo_read_ListDeployments` and `komodo_read_GetDeployment`.
enum ReadDeployments {
    static let entries = [list, get]

    private static let words = ["running", "stopped", "deploying", "failed"]

    private static let list = ReadList.entry(
        ToolName.listDeployments, "List deployments",
        """
        Lists Komodo's deployments, each one container with its image, ports, volumes, environment \
        and state. Use it to find what to deploy or what runs where; for metrics, health, recent \
        log lines and past deploys of one use komodo_read_GetDeployment, for compose projects \
        komodo_read_ListStacks. status is the documented word, state Komodo's own. Environment \
        values that look secret are masked, their names stay.
        """, .deployment,
        filters: [
            .name(
                "server_id", "Only deployments on this server, by name or id. Default: all.",
                example: "prod-1"
            ) { .server($0) },
            .words("status", "Only deployments in this state. Default: all.", words) {
                .status($0)
            },
        ], item: item)

    private static let get = ReadDetail.entry(
        ToolName.getDeployment, "Show a deployment",
        """
        Shows one deployment: its container, load, health, configuration, the last 20 log lines \
        and its newest 10 deploys with who and when. Use it to verify a deploy, or to see why a \
        service is down; for more log use komodo_read_GetLog where it is offered, and to deploy \
        komodo_execute_Deploy. Deploys that were ordered here carry job_id for komodo_jobs_Get. \
        Secret-looking values are masked. health is there only when the container has a health \
        check. An unknown name fails with the nearest names.
        """, .deployment, example: "my-app",
        item: item,
        output: [
            .field("container_id", .text), .field("container_name", .text),
            .field("metrics", .object(ReadSchema.containerMetrics)),
            .field(
                "health",
                .object(
                    .fields(.text, "status", "last_check")
                        + .fields(.count, "checks_passed", "checks_failed"))),
            .field("logs", .text, "The last 20 lines."),
            .field(
                "deployment_history",
                .objects(
                    .fields(
                        .text, "version", "deployed_at", "deployed_by", "status", "duration",
                        "execution_id", "job_id")
                        + ([Property].fields(.text, "completed_at")
                        + [.field("duration_ms", .count)]).extra)),
        ], runs: ["deployment_history"])

    private static let item: [Property] =
        ReadSchema.common(status: words) + ReadSchema.host
        + .fields(.text, "image", "tag", "network", "restart_policy", "lastDeployedAt")
        + .fields(.texts, "ports", "volumes") + .fields(.textMap, "env")
        + [.field("health_check", .anything)]
        + [Property].fields(.text, "build_id", "status_text", "command").extra
        + [Property].fields(.flag, "update_available", "auto_update", "redeploy_on_build").extra
        + [Property].fields(.textMap, "labels").extra
}
