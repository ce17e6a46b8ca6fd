export type PropertyOption = { label: string; value: string; displayOrder: number; hidden: boolean };

export type PropertyType =
  'string' | 'number' | 'enumeration' | 'datetime' | 'date' | 'bool' | 'phone_number';

export type PropertyDefinition = {
  name: string;
  label: string;
  type: PropertyType;
  fieldType: string;
  groupName: string;
  description: string;
  options: PropertyOption[];
  hasUniqueValue: boolean;
  hubspotDefined: boolean;
  readOnly: boolean;
  createdAt: number;
};

export type PropertyGroup = { name: string; label: string };

/** A validation rule of the portal: a value that isn't empty has to match the pattern. */
export type ValidationRule = { property: string; pattern: string; message?: string };

export function toOptions(values: Iterable<{ label: string; value: string }>): PropertyOption[] {
  return Array.from(values, ({ label, value }, displayOrder) => ({
    label,
    value,
    displayOrder,
    hidden: false,
  }));
}

export function choice(name: string, label: string, values: string[]): PropertyDefinition {
  const options = toOptions(values.map((value) => ({ label: value, value })));
  return define(name, label, { type: 'enumeration', fieldType: 'select', options });
}

export function define(
  name: string,
  label: string,
  rest: Partial<PropertyDefinition> = {},
): PropertyDefinition {
  return {
    name,
    label,
    type: 'string',
    fieldType: 'text',
    groupName: 'contactinformation',
    description: '',
    options: [],
    hasUniqueValue: false,
    hubspotDefined: true,
    readOnly: false,
    createdAt: Date.UTC(2020, 0, 1),
    ...rest,
  };
}
