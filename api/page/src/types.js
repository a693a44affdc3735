/** Shapes of what the API gives, as in its OpenAPI document.
 *
 * @typedef {"ok" | "info" | "warning" | "urgent" | "critical"} Severity
 * @typedef {{territory: string, name: string, kind: string, parent: string | null, time_zone: string}} Territory
 * @typedef {{asset_id: number, territory: string, slug: string, name: string, type: string, type_name_fr: string,
 *   type_name_en: string, longitude: number | null, latitude: number | null, parent_id: number | null,
 *   attributes: Record<string, unknown>, n_open_findings: number, worst_severity: Severity | null,
 *   last_observed_at: string | null}} Asset
 * @typedef {{code: number, slug: string, name_fr: string, name_en: string}} Code
 * @typedef {{series_id: number, device: string | null, channel: string, quantity: string, quantity_name_fr: string,
 *   quantity_name_en: string, unit: string, kind: "gauge" | "counter" | "state", codes: Code[] | null,
 *   last_value: number | null, last_observed_at: string | null}} Series
 * @typedef {{series_id: number, observed_at?: string, value?: number, bucket?: string, n?: number, min?: number,
 *   max?: number, mean?: number}} Measurement
 * @typedef {{series_id: number, observed_at: string, value: number}} LastValue
 * @typedef {{finding_id: number, territory: string, asset_id: number | null, asset_name: string | null,
 *   series_id: number | null, kind: string, severity: Severity, score: number, started_at: string,
 *   ended_at: string | null, sentence_fr: string, sentence_en: string, evidence: Record<string, unknown>,
 *   incident_id: number | null, verdict: Verdict | null, is_silenced: boolean}} Finding
 * @typedef {{incident_id: number, territory: string, cause: string, asset_id: number | null, asset_name: string | null,
 *   severity: Severity, score: number, started_at: string, ended_at: string | null, n_findings: number,
 *   n_assets: number, sentence_fr: string, sentence_en: string, is_silenced: boolean}} Incident
 * @typedef {{work_order_id: number, territory: string, asset_id: number | null, asset_name: string | null, incident_id: number | null,
 *   finding_id: number | null, version: number, state: string, severity: Severity, title: string, sentence_fr: string,
 *   sentence_en: string, note: string, technician: string | null, planned_at: string | null, opened_at: string}} WorkOrder
 * @typedef {{kind: string, since: string, precision: number, is_measured: boolean, lead_d: number, within_30: number,
 *   sentence_fr: string, sentence_en: string}} FailureSignal
 * @typedef {{asset_id: number, territory: string, asset_name: string, asset_type: string, day: string, health: number | null,
 *   within_7: number | null, within_30: number | null, within_90: number | null, left_d: number | null,
 *   left_low_d: number | null, left_high_d: number | null, people_eur: number | null, safety_eur: number | null,
 *   repair_eur: number | null, consequence_eur: number | null, waiting_eur_per_day: number | null,
 *   expected_loss_eur: number | null, basis: "signals" | "life" | "entered" | "prior" | "unknown",
 *   calibration: "fitted" | "prior", reason_fr: string, reason_en: string, signals: FailureSignal[],
 *   incident_id: number | null}} MaintenanceLine
 * @typedef {{alert_id: number, territory: string, incident_id: number | null, kind: string, severity: Severity, opened_at: string,
 *   acknowledged_at: string | null, acknowledged_by: string | null, ended_at: string | null, sentence_fr: string | null,
 *   sentence_en: string | null, n_delivered: number, n_waiting: number, n_failed: number}} Alert
 * @typedef {{message_id: number, channel: string, way: string, step: number, release_at: string, n_attempts: number,
 *   state: "waiting" | "delivered" | "failed" | "dropped", settled_at: string | null}} AlertMessage
 * @typedef {{kind: string, name_fr: string, name_en: string, steps_fr: string[], steps_en: string[], is_safety: boolean}} AlertKind
 * @typedef {{pause_id: number, territory: string, kind: string | null, asset_id: number | null, asset_name: string | null,
 *   alert_id: number | null, until_at: string, reason: string, who: string}} AlertPause
 * @typedef {{rota_id: number, territory: string, rota: string, on_call: string, next: string, until: string}} OnCall
 * @typedef {"confirmed" | "false_alarm" | "known"} Verdict
 * @typedef {{territory: string, kind: string, model: string, asset_type: string, n_findings: number, n_confirmed: number,
 *   n_false: number, n_known: number, precision: number | null, low: number | null, high: number | null, n_lead: number,
 *   lead_h: number | null, warned_h: number | null, factor: number, is_held: boolean}} Precision
 * @typedef {{acceptance_id: number, territory: string, name: string, started_at: string, due_at: string, n_days: number,
 *   left_out: string[], looked_at: string | null, finished_at: string | null, n_devices: number, n_pass: number, n_fail: number}} Acceptance
 * @typedef {{device_id: number, external_id: string, name: string, topic: string, result: "pass" | "fail" | "unknown",
 *   sentence_fr: string, sentence_en: string, detail: Record<string, unknown>}} CheckResult
 * @typedef {{territory: string, day: string, n_alarms: number, budget: number, n_moved: number}} AlarmLoad
 * @typedef {{kpi_value_id?: number, territory: string, territory_name?: string, asset_id?: number | null, kpi: string, name_fr: string,
 *   name_en: string, from: string, to: string, value: number | null, unit: string, low: number | null,
 *   high: number | null, baseline: number | null, completeness: number | null, method: string,
 *   method_version: string, inputs_hash?: string, replaces_id?: number | null,
 *   replaced_value?: number | null, cause?: string | null, restated_by?: string | null, withheld: string | null, computed_at: string,
 *   proof?: Record<string, unknown>}} Kpi
 * @typedef {{territory: string, reason: string, sentence_fr: string, sentence_en: string, format: string | null,
 *   decoder_version: string | null, n_messages: number, n_values: number, n_devices: number, first_at: string,
 *   last_at: string, can_be_mended: boolean, sample_id: number, device: string | null, detail: string, topic: string,
 *   payload_base64: string}} Cause
 * @typedef {{channel: string, quantity: string, quantity_name_fr: string, quantity_name_en: string, unit: string,
 *   value: number, state_fr: string | null, state_en: string | null}} SampleValue
 * @typedef {{device_id: number, territory: string, external_id: string, model: string | null, first_heard_at: string,
 *   last_heard_at: string | null, n_messages: number, source: string | null, gateway: string | null,
 *   topic: string | null, payload_base64: string | null, values: SampleValue[],
 *   refused: {sentence_fr: string, sentence_en: string}[]}} Stranger
 * @typedef {"connected" | "disconnected" | "unknown"} Standing
 * @typedef {{session: string, state: Standing, since: string, last_message_at: string | null, error: string}} Session
 * @typedef {{source: string, url: string | null, territory: string | null, formats: string[], state: Standing | null,
 *   sessions: Session[], n_received: number, n_stored: number, n_duplicate: number, n_rejected: number}} Source
 * @typedef {{request_id: number, done_at: string | null, n_stored: number | null, n_duplicate: number | null,
 *   n_rejected: number | null}} Replay
 * @typedef {{status: "ok" | "degraded"}} Health
 * @typedef {{account: number, name: string, role: string, scopes: string[], way: "password" | "provider", ends_at: string,
 *   csrf_token: string}} OwnSession
 * @typedef {{act: "close" | "start" | "plan" | "cancel" | "verdict" | "photo" | "acknowledge", number: number, name: string, territory: string, verdict?: string}} About
 * @typedef {{id: string, said_at: string, owner: string, method: "POST" | "PATCH", path: string, body: object,
 *   headers: Record<string, string>, about: About, is_file?: boolean,
 *   refused: {status: number, detail: string, faults?: import("./api.js").Fault[]} | null}} Kept
 * @typedef {{at: string, owner: string}} Away since when it is kept, and the mark of the key it came by
 * @typedef {Away & {territories: Territory[], workOrders: WorkOrder[], alerts: Alert[], alertKinds: AlertKind[]}} Shelf
 * @typedef {{name: string, media_type: string, n_bytes: number, sha256: string, path: string}} OpenFile
 * @typedef {{territory: string, territory_name: string, publication: string, title_fr: string, title_en: string, about_fr: string,
 *   about_en: string, licence: string, licence_address: string, published_at: string, release: number, n_rows: number,
 *   n_hidden: number, completeness: number | null, files: OpenFile[]}} OpenDataSet
 * @typedef {{territory: string, publication: string, title_fr: string, title_en: string, withdrawn_at: string | null,
 *   withdrawn_because: string | null, n_releases: number}} Publication
 * @typedef {{asset_id: number, quantity: string, unit: string, lead_s: number, made_at: string, for_at: string, value: number,
 *   low: number, high: number, detail: {free_places?: number, free_places_low?: number, free_places_high?: number, level_percent?: number,
 *   threshold_percent?: number, reaches_at?: string | null, reaches_low_at?: string | null, reaches_high_at?: string | null}}} Forecast
 * @typedef {{planned_rounds_id: number, territory: string, day: string, waste_stream: string, made_at: string,
 *   summary: {n_rounds: number, n_stops: number, n_left_out: number, distance_km: number, distances: string, n_distances_estimated: number}}} RoundsOfDay
 * @typedef {{properties: {kind: "round" | "stop" | "left_out", round?: number, vehicle?: string, depot?: string, end?: string, leaves_at?: string,
 *   back_at?: string, distance_km?: number, order?: number, asset_id?: number, name?: string, address?: string | null, arrives_at?: string,
 *   reason?: string, next_at?: string, expected_percent?: number | null, low_percent?: number | null, high_percent?: number | null,
 *   overflow_probability?: number | null}}} RoundFeature
 * @typedef {{value: string, name_fr: string, name_en: string, unit: string}} Choice
 * @typedef {{name: string, kind: string, name_fr: string, name_en: string, is_required: boolean, unit: string,
 *   least: number | null, most: number | null, choices: Choice[], parts: Field[]}} Field
 * @typedef {{kind: string, name_fr: string, name_en: string, alike: string[], begins: string, ends: string,
 *   fields: Field[]}} Kind
 * @typedef {Record<string, any>} Entry with the fields of its kind; one that stands has an `id`
 * @typedef {{kpi: string, name_fr: string, name_en: string, domain: string, months: string[], n_values: number}} ToldAgain
 * @typedef {{preview: boolean, needs_cause: boolean, id: number | null, before: Entry | null, after: Entry | null,
 *   ended: Entry | null, told_again: ToldAgain[]}} Change
 * @typedef {{line: number, slug: string, fate: "new" | "changed" | "refused",
 *   changes: {field: string, before: unknown, after: unknown}[], moved_m: number | null, reason: string | null}} AssetOutcome
 * @typedef {{preview: boolean, format: string, crs: string, notes: string[], columns: Record<string, string>,
 *   ignored: string[], n_new: number, n_changed: number, n_unchanged: number, n_refused: number, n_moved: number,
 *   items: AssetOutcome[], truncated: boolean}} AssetImport
 */
export {};
