{{- define "meshspec.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- define "meshspec.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "meshspec.name" .) -}}
{{- end }}

{{- define "meshspec.configMap" -}}
{{- .Values.report.configMap | default (include "meshspec.name" .) -}}
{{- end }}

{{- /* As istiod names it: pilot/pkg/bootstrap/mesh.go (getMeshConfigMapName). */ -}}
{{- define "meshspec.meshConfigMap" -}}
{{- $revision := .Values.revision -}}
{{- or (empty $revision) (eq $revision "default") | ternary "istio" (printf "istio-%s" $revision) -}}
{{- end }}

{{- define "meshspec.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "meshspec.labels" -}}
app.kubernetes.io/name: meshspec
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- /* Arguments of both Jobs; `shards` is 1 for the CronJob. */ -}}
{{- define "meshspec.args" -}}
{{- $shards := .shards -}}
{{- with .root -}}
- conformance
- --target=cluster
{{- if gt (int $shards) 1 }}
- --shard=$(JOB_COMPLETION_INDEX)/{{ $shards }}
- --publish={{ include "meshspec.configMap" . }}-$(JOB_COMPLETION_INDEX)
- --out=/reports/$(JOB_COMPLETION_INDEX)
{{- else }}
- --publish={{ include "meshspec.configMap" . }}-0
- --out=/reports
{{- end }}
{{- range .Values.suite.profiles }}
- --profile={{ . }}
{{- end }}
{{- with .Values.suite.tags }}
- {{ printf "--tags=%s" . | quote }}
{{- end }}
{{- if gt (int .Values.suite.budget) 0 }}
- --budget={{ int .Values.suite.budget }}
{{- end }}
{{- /* What a run is still at when Kubernetes ends the Job is in no report: it ends before, and tells what it has. */ -}}
{{- with div (sub (int .Values.activeDeadlineSeconds) 180) $shards }}
{{- if gt . 0 }}
- --time-limit={{ . }}s
{{- end }}
{{- end }}
{{- range $source, $url := .Values.telemetry }}
{{- with $url }}
- {{ printf "--%s=%s" $source . | quote }}
{{- end }}
{{- end }}
{{- with .Values.metrics.pushgateway }}
- {{ printf "--pushgateway=%s" . | quote }}
{{- end }}
{{- with .Values.metrics.otlp }}
- {{ printf "--otlp=%s" . | quote }}
{{- end }}
{{- range .Values.suite.args }}
- {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "meshspec.pod" -}}
{{- $shards := .shards -}}
{{- with .root -}}
metadata:
  labels:
    {{- include "meshspec.labels" . | nindent 4 }}
    # What checks the mesh is no part of it.
    sidecar.istio.io/inject: "false"
spec:
  serviceAccountName: {{ include "meshspec.serviceAccount" . }}
  restartPolicy: Never
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  # Time to undo what was done to the cluster.
  terminationGracePeriodSeconds: 120
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    fsGroup: 1000
    seccompProfile: { type: RuntimeDefault }
  containers:
    - name: meshspec
      image: {{ include "meshspec.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      command: {{- toYaml .Values.command | nindent 8 }}
      args: {{- include "meshspec.args" (dict "root" . "shards" $shards) | nindent 8 }}
      env:
        - name: HOME
          value: /reports
        {{- if .Values.deploy }}
        - name: MESHSPEC_DEPLOY
          value: "true"
        - name: MESHSPEC_POD_IMAGE
          value: {{ .Values.podImage | default (include "meshspec.image" .) | quote }}
        {{- end }}
        {{- with .Values.namespaces }}
        - name: MESHSPEC_NAMESPACES
          value: {{ join "," . | quote }}
        {{- end }}
        {{- with .Values.revision }}
        - name: MESHSPEC_REVISION
          value: {{ . | quote }}
        {{- end }}
        {{- if .Values.meshConfig.change }}
        - name: MESHSPEC_MESH_CONFIG
          value: "true"
        {{- end }}
        {{- if gt (float64 .Values.suite.rate) 0.0 }}
        - name: MESHSPEC_RATE
          value: {{ .Values.suite.rate | quote }}
        {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      resources: {{- toYaml .Values.resources | nindent 8 }}
      workingDir: /reports
      volumeMounts:
        - { name: reports, mountPath: /reports }
        - { name: tmp, mountPath: /tmp }
  volumes:
    - name: tmp
      emptyDir: {}
    - name: reports
      {{- if .Values.report.persistentVolumeClaim }}
      persistentVolumeClaim: { claimName: {{ .Values.report.persistentVolumeClaim }} }
      {{- else }}
      emptyDir: {}
      {{- end }}
{{- end }}
{{- end }}
