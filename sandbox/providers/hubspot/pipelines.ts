export type Stage = { id: string; label: string; isClosed: boolean; probability: string };

export type Pipeline = { id: string; label: string; stages: Stage[] };

/** The pipeline of deals that every account begins with. */
export const builtInPipelines: Pipeline[] = [
  {
    id: 'default',
    label: 'Sales Pipeline',
    stages: [
      stage('appointmentscheduled', 'Appointment Scheduled', '0.2'),
      stage('qualifiedtobuy', 'Qualified To Buy', '0.4'),
      stage('presentationscheduled', 'Presentation Scheduled', '0.6'),
      stage('decisionmakerboughtin', 'Decision Maker Bought-In', '0.8'),
      stage('contractsent', 'Contract Sent', '0.9'),
      { ...stage('closedwon', 'Closed Won', '1.0'), isClosed: true },
      { ...stage('closedlost', 'Closed Lost', '0.0'), isClosed: true },
    ],
  },
];

function stage(id: string, label: string, probability: string): Stage {
  return { id, label, isClosed: false, probability };
}
