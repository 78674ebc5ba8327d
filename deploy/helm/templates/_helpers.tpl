{{- /* The name of a release's objects: the release's own, or with the chart's behind it. */ -}}
{{- define "support.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}
{{- end -}}
{{- end -}}

{{- /* Labels that select the pods of a role: they never change. Takes the root and the role. */ -}}
{{- define "support.selector" -}}
app.kubernetes.io/name: support
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end -}}

{{- define "support.labels" -}}
app.kubernetes.io/name: support
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end -}}

{{- define "support.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "support.secret" -}}
{{- if .Values.secret.existing -}}
{{ .Values.secret.existing }}
{{- else if .Values.secret.values -}}
{{ include "support.name" . }}
{{- else -}}
{{ fail "set secret.existing to the name of a Secret with DATABASE_URL, REDIS_URL and JWT_SECRET, or secret.values to its values" }}
{{- end -}}
{{- end -}}

{{- /* Settings for every process. */ -}}
{{- define "support.environment" -}}
envFrom:
  - configMapRef: {name: {{ include "support.name" . }}}
  - secretRef: {name: {{ include "support.secret" . }}}
{{- end -}}

{{- define "support.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{- /* Where pods run, and how they get their image. */ -}}
{{- define "support.placement" -}}
automountServiceAccountToken: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
